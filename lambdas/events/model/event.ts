/**
 * Where an event came in; `rappel`: it tells of Rappel itself. A type's sample belongs to (source, type): two platforms
 * both know `open`.
 */
export const SOURCES = ["api", "mailjet", "sarbacane", "rappel"] as const;
export type Source = (typeof SOURCES)[number];

/** Something that happened. It never changes. */
export interface Event {
  /** `evt_` and a ULID of its acceptance; the `webhook-id` of every attempt. */
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly source: Source;
  /** The producer's own id: a field, never a key. */
  readonly eventId?: string;
  readonly acceptedAt: number;
  /** The producer's `timestamp`; without one, when it was accepted. */
  readonly occurredAt: number;
  /** JSON in UTF-8, byte for byte as it came. */
  readonly payload: Uint8Array;
  /** The endpoint that an operational event tells of: it is never sent there. */
  readonly about?: string;
}

/** An event as its producer sent it: nothing of the payload was parsed. */
export type SentEvent = Pick<Event, "type" | "eventId" | "payload"> & {
  readonly occurredAt?: number;
  /** Whose it is, where the event says so itself. */
  readonly account?: string;
};

/** `webhook-id` must hold no `.`, which would break the signed content (Standard Webhooks); types may. */
export const EVENT_TYPE = /^[A-Za-z0-9_.-]{1,128}$/;
