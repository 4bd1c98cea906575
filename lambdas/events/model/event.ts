/**
 * Where an event came from. `rappel`: an operational webhook. A type alone is ambiguous: two platforms have `open`.
 */
export const SOURCES = ["api", "mailjet", "sarbacane", "rappel"] as const;
export type Source = (typeof SOURCES)[number];

/** An accepted event. It never changes. */
export interface Event {
  /** `evt_` and a ULID with the time of acceptance; the `webhook-id` of every attempt. */
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly source: Source;
  /** The producer's id, kept as a field only. */
  readonly eventId?: string;
  readonly acceptedAt: number;
  /** The producer's `timestamp`, by default the time of acceptance. */
  readonly occurredAt: number;
  /** JSON in UTF-8, exactly the producer's bytes. */
  readonly payload: Uint8Array;
  /** The endpoint that an operational webhook is about: it is never sent there. */
  readonly about?: string;
  /** How many times Rappel has delivered it before: a webhook that was sent to Rappel. Absent: never. */
  readonly hops?: number;
}

/** An event as its producer sent it. The payload was not parsed. */
export type SentEvent = Pick<Event, "type" | "eventId" | "payload" | "hops"> & {
  readonly occurredAt?: number;
  /** The account, if the event names one. */
  readonly account?: string;
};

/** Types may contain a `.`; ids must not, because it separates the parts of the signed content (Standard Webhooks). */
export const EVENT_TYPE = /^[A-Za-z0-9_.-]{1,128}$/;

/** @param pattern a type, or a prefix of whole segments such as `email.*` */
export function matchesType(pattern: string, type: string): boolean {
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
