import type { Event } from "../../events/model/event.ts";
import type { Attempt, Outcome } from "./attempt.ts";

/** What came of an event's first attempt at one endpoint. */
export interface FirstResult {
  /** The answer's status, or the outcome where none came. `untried`: it joined the backlog without an attempt. */
  readonly code: number | Outcome | "untried";
  readonly durationMs: number;
  readonly at: number;
  /** When it is tried next, where it joined the backlog. */
  readonly dueAt?: number;
}

/** An event as the log keeps it: written once, after its first attempts. */
export interface LoggedEvent extends Event {
  readonly delivered: Readonly<Record<string, FirstResult>>;
  /** Endpoints whose backlog it joined. */
  readonly parked: Readonly<Record<string, FirstResult>>;
  /** Endpoints that wanted it and had been suspended for too long to wait for it. */
  readonly withheld: Readonly<Record<string, FirstResult>>;
  /** Of those that got it as a backup, in whose stead. */
  readonly onBehalfOf?: Readonly<Record<string, string>>;
  /** Endpoints to which it was sent again at somebody's wish, or handed to stand in for another. */
  readonly resentTo: readonly string[];
  /** When its retention ends. */
  readonly keptUntil: number;
}

/** A delivery that waits in its endpoint's backlog. */
export interface PendingDelivery {
  readonly endpoint: string;
  readonly account: string;
  readonly eventId: string;
  readonly type: string;
  /** Attempts of its own schedule that failed. */
  readonly failures: number;
  readonly firstFailedAt?: number;
  readonly dueAt: number;
  /** The newest 25, oldest first. */
  readonly attempts: readonly Attempt[];
  /**
   * When somebody wished it to be sent again; of what was handed over, a moment later than where it came from. No earlier
   * last word counts for it.
   */
  readonly resentAt?: number;
  /** The suspended endpoint that this one stands in for. */
  readonly onBehalfOf?: string;
  /** When its event's retention ends, and with it the delivery. */
  readonly keptUntil: number;
}

export type EndReason = "schedule" | "expired" | "skipped" | "deleted" | "moved" | "suspended";

/** The last word on a delivery that once was pending. */
export interface EndedDelivery {
  readonly endpoint: string;
  readonly account: string;
  readonly eventId: string;
  /** The event's. */
  readonly type: string;
  readonly status: "delivered" | "exhausted" | "cancelled";
  readonly reason?: EndReason;
  readonly endedAt: number;
  readonly attempts: readonly Attempt[];
  /** Of the wish that this ended, if it was sent again. */
  readonly resentAt?: number;
  readonly onBehalfOf?: string;
  /** When its event's retention ends. */
  readonly keptUntil: number;
}

/** Whether a last word is the one on what waits, and not on an earlier sending of it. */
export function isOutcomeOf(ended: EndedDelivery, pending: PendingDelivery): boolean {
  return (ended.resentAt ?? 0) >= (pending.resentAt ?? 0);
}

/** What a reader sees, whichever of the items above tells it. */
export interface Delivery {
  readonly endpoint: string;
  readonly eventId: string;
  readonly status: "pending" | "delivered" | "exhausted" | "cancelled";
  readonly reason?: EndReason;
  /** While pending: when it is tried next, and attempts of its own schedule that failed. */
  readonly dueAt?: number;
  readonly failures?: number;
  /** When somebody last wished it to be sent again, or another endpoint handed it over. */
  readonly resentAt?: number;
  /** The suspended endpoint in whose stead it is sent there. */
  readonly onBehalfOf?: string;
  readonly attempts: readonly Attempt[];
}
