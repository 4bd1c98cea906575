import type { Event } from "../../events/model/event.ts";
import type { Attempt, Outcome } from "./attempt.ts";

/** The result of an event's first attempt at one endpoint. */
export interface FirstResult {
  /** The response's status, or the outcome if there was no response. `untried`: it joined the backlog without an attempt. */
  readonly code: number | Outcome | "untried";
  readonly durationMs: number;
  readonly at: number;
  /** When the next attempt is due, if it joined the backlog. */
  readonly dueAt?: number;
}

/** An event in the log: written once, after its first attempts. */
export interface LoggedEvent extends Event {
  readonly delivered: Readonly<Record<string, FirstResult>>;
  /** By endpoint: the event joined its backlog. */
  readonly parked: Readonly<Record<string, FirstResult>>;
  /** By endpoint: not sent, because the endpoint had been suspended for too long, or refused as a loop. */
  readonly withheld: Readonly<Record<string, FirstResult>>;
  /** By backup endpoint: the suspended endpoint on whose behalf it got the event. */
  readonly onBehalfOf?: Readonly<Record<string, string>>;
  /** Endpoints to which it was resent, or moved on behalf of another endpoint. */
  readonly resentTo: readonly string[];
  /** When its retention ends. */
  readonly keptUntil: number;
}

/** A logged event without its payload. */
export type EventResults = Omit<LoggedEvent, "payload">;

/** A delivery in its endpoint's backlog. */
export interface PendingDelivery {
  readonly endpoint: string;
  readonly account: string;
  readonly eventId: string;
  readonly type: string;
  /** Failed attempts of the delivery's schedule, without probes. */
  readonly failures: number;
  readonly firstFailedAt?: number;
  readonly dueAt: number;
  /** The newest 25, oldest first. */
  readonly attempts: readonly Attempt[];
  /**
   * When it was resent; for a moved delivery, a moment later than at the endpoint it came from. An earlier
   * final outcome does not count for it.
   */
  readonly resentAt?: number;
  /** The suspended endpoint on whose behalf it is sent. */
  readonly onBehalfOf?: string;
  /** When the event's retention ends, and with it the delivery. */
  readonly keptUntil: number;
}

/** Why a delivery ended without success. */
export const END_REASONS = ["schedule", "expired", "skipped", "deleted", "moved", "suspended", "loop"] as const;
export type EndReason = (typeof END_REASONS)[number];

/** The final outcome of a delivery that was pending. */
export interface EndedDelivery {
  readonly endpoint: string;
  readonly account: string;
  readonly eventId: string;
  /** The event's type. */
  readonly type: string;
  readonly status: "delivered" | "exhausted" | "cancelled";
  readonly reason?: EndReason;
  readonly endedAt: number;
  readonly attempts: readonly Attempt[];
  /** The resend request that this ended, if it was resent. */
  readonly resentAt?: number;
  readonly onBehalfOf?: string;
  /** When the event's retention ends. */
  readonly keptUntil: number;
}

/** Whether a final outcome belongs to this pending delivery, and not to an earlier sending of the same event. */
export function isOutcomeOf(ended: EndedDelivery, pending: PendingDelivery): boolean {
  return (ended.resentAt ?? 0) >= (pending.resentAt ?? 0);
}

/** A delivery as readers see it, from any of the items above. */
export interface Delivery {
  readonly endpoint: string;
  readonly eventId: string;
  /** The event's type. */
  readonly type: string;
  readonly status: "pending" | "delivered" | "exhausted" | "cancelled";
  readonly reason?: EndReason;
  /** While pending: when the next attempt is due, and how many attempts of its schedule have failed. */
  readonly dueAt?: number;
  readonly failures?: number;
  /** When it was last resent, or moved here from another endpoint. */
  readonly resentAt?: number;
  /** The suspended endpoint on whose behalf it is sent. */
  readonly onBehalfOf?: string;
  readonly attempts: readonly Attempt[];
}
