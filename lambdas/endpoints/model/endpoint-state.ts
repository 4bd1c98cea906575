import type { OperationalType } from "../../events/model/operational-types.ts";
import { LIMITS } from "../../shared/limits.ts";

/** What happened to an endpoint and is still to be told. It is written with the change itself, so no crash can swallow it. */
export interface Announcement {
  /** The endpoint's first is 1. With the endpoint's id it decides the event's, so that telling twice is telling once. */
  readonly number: number;
  readonly type: OperationalType;
  readonly at: number;
  readonly reason: string;
}

/** `paused` is the user's wish, `suspended` is ours. `deleted` lasts until the backlog is cancelled. */
export type EndpointStatus = "active" | "failing" | "suspended" | "paused" | "deleted";

/** How an endpoint is doing: an item of its own, so that deliveries never touch the user's configuration. */
export interface EndpointState {
  readonly endpoint: string;
  readonly account: string;
  readonly status: EndpointStatus;
  readonly statusReason: string;
  readonly statusSince: number;
  /** Goes up by one at each change of status. */
  readonly version: number;
  /** Failures since the last success. */
  readonly streak: number;
  /** A recent success, noted when it ended a streak and else every 5 minutes at most. */
  readonly lastOkAt?: number;
  /** How often something joined the backlog, in all: whoever closes a round sees by it whether anything came meanwhile. */
  readonly parked: number;
  /** While `failing`: failed tries of the endpoint's own retry schedule. */
  readonly attemptIndex: number;
  /** The event that was probed last, so that probes go round and round. */
  readonly probedTo?: string;
  /** While `failing`: when its schedule wants the next probes. */
  readonly probeAt?: number;
  /** While `failing`, where that is far: a fresh look may be taken from then on. */
  readonly earlyProbeAt?: number;
  /** Nothing is sent before: a Retry-After, the end of a pause. */
  readonly notBefore?: number;
  /** The promised wake-up, a whole second; in the past while it is due or its round is running. */
  readonly wakeAt?: number;
  /** What was accepted before is cancelled by the next rounds: its user resumed without it. */
  readonly skipBefore?: number;
  /** Once it is deleted: types of which what waits here goes to others, who want it now. All else is cancelled. */
  readonly successorTypes?: readonly string[];
  /** When somebody asked for what waits here in the stead of others that are suspended no longer. */
  readonly returnRequestedAt?: number;
  /** When its backlog was last searched for what ends soon. */
  readonly expiryCheckedAt: number;
  /** Changes that are still to be told, and how many there were in all. */
  readonly announce?: readonly Announcement[];
  readonly announced: number;
  /** The number of the last one that was told: whoever changes the state meanwhile may write it down once more. */
  readonly publishedTo?: number;
  /** The lease of the running round. */
  readonly roundId?: string;
  readonly roundUntil?: number;
}

/** A state as it is when its endpoint is registered. */
export function newState(endpoint: string, account: string, now: number): EndpointState {
  return {
    endpoint,
    account,
    status: "active",
    statusReason: "registered",
    statusSince: now,
    version: 1,
    streak: 0,
    parked: 0,
    attemptIndex: 0,
    expiryCheckedAt: now,
    announced: 0,
  };
}

/** Whether it has been suspended for so long that events do not wait for it any more. */
export function isSuspendedTooLong({ status, statusSince }: EndpointState, now: number): boolean {
  return status === "suspended" && now - statusSince > LIMITS.suspendedQueueSeconds * 1_000;
}

/** Whether something may be sent now, as far as the endpoint's state goes. */
export function isSendable({ status, notBefore }: EndpointState, now: number): boolean {
  return status === "active" && now >= (notBefore ?? 0);
}

const TELL_WITHIN_MS = 10_000; // ours: a Scheduler's call, a queue's and a write, with all their retries but the last

/** Whether whoever made the last change should have told it by now, and must have died before. */
export function isPublishingOverdue({ announce }: EndpointState, now: number): boolean {
  const last = announce?.at(-1);
  return last !== undefined && now >= last.at + TELL_WITHIN_MS;
}
