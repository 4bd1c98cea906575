import type { EndpointState, EndpointStatus } from "./endpoint.ts";
import { asSeen, type StateChange } from "./state-change.ts";
import { wholeSecond } from "./wake-up.ts";

/** Failures in a row, after which a URL counts as failing: its backlog is probed, no longer released. Ours. */
export const FAILING_AT = 5;

/** What one batch, or one round, taught about an endpoint. */
export interface Lesson {
  readonly endpoint: string;
  /** Deliveries that joined the backlog. */
  readonly parked: number;
  /** Failures since the last success, in the order of their ends; all of them where there was none. */
  readonly failures: number;
  /** The last success, if there was one. */
  readonly okAt?: number;
  /** The earliest time that one of the parked is due. */
  readonly dueAt?: number;
}

/** Adds what was learnt. A success begins the streak anew. */
export function learnt({ parked, failures, okAt }: Lesson): StateChange {
  if (okAt === undefined) return { add: { parked, streak: failures } };
  return { set: { lastOkAt: okAt, streak: failures }, add: { parked } };
}

/** Whether so many failures in a row make an active endpoint a failing one. */
export function isFailingNow({ status, streak }: EndpointState): boolean {
  return status === "active" && streak >= FAILING_AT;
}

/**
 * @param failures of the one delivery that failed most often: a lone event has climbed as many rungs already
 * @param notBefore when the URL is tried next
 */
export function toFailing(
  seen: EndpointState,
  failures: number,
  notBefore: number,
  now: number,
  reason: string,
): StateChange {
  return {
    ...changeTo("failing", seen, now, reason, { rung: Math.min(seen.streak, failures), notBefore }),
    remove: ["probedTo"],
  };
}

/** One more failed try of a failing URL: the next waits for the rung's time. */
export function climbed(seen: EndpointState, probedTo: string, notBefore: number): StateChange {
  return {
    set: { probedTo, notBefore },
    add: { rung: 1, streak: 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("roundId", seen.roundId)],
  };
}

export function toActive(seen: EndpointState, now: number, okAt: number | undefined, reason: string): StateChange {
  return {
    ...changeTo("active", seen, now, reason, { rung: 0, streak: 0, ...(okAt !== undefined && { lastOkAt: okAt }) }),
    remove: ["notBefore", "probedTo"],
  };
}

/** Ours, after the whole schedule, or at the receiver's word (410): nothing is sent until the user resumes it. */
export function toSuspended(seen: EndpointState, now: number, reason: string): StateChange {
  return { ...changeTo("suspended", seen, now, reason, {}), remove: ["notBefore", "probedTo"] };
}

/**
 * The user's wish. Its end is promised in the same write: a crash behind it leaves a promise that the sweeper keeps.
 * @param until when it ends by itself, epoch ms
 */
export function toPaused(seen: EndpointState, now: number, until?: number): StateChange {
  const end = until === undefined ? {} : { notBefore: until, wakeAt: wholeSecond(until) };
  const remove = until === undefined ? (["notBefore", "probedTo", "wakeAt"] as const) : (["probedTo"] as const);
  return { ...changeTo("paused", seen, now, "paused by its user", end), remove };
}

/**
 * Back to work, carefully: one probe decides whether the backlog is released. Promised in the same write.
 * @param skipBefore epoch ms: what was accepted before is cancelled
 */
export function toResumed(seen: EndpointState, now: number, reason: string, skipBefore?: number): StateChange {
  const skip = skipBefore === undefined ? {} : { skipBefore };
  const change = changeTo("failing", seen, now, reason, { rung: 0, wakeAt: wholeSecond(now), ...skip });
  return { ...change, remove: ["notBefore", "probedTo"] };
}

/** A pause that has reached its end, seen by the round that its promise began. */
export function pauseEnded(seen: EndpointState, now: number): StateChange {
  return { ...changeTo("failing", seen, now, "its pause has ended", { rung: 0 }), remove: ["notBefore", "probedTo"] };
}

/** Its backlog will be cancelled: promised in the same write. */
export function toDeleted(seen: EndpointState, now: number): StateChange {
  return {
    ...changeTo("deleted", seen, now, "deleted", { wakeAt: wholeSecond(now) }),
    remove: ["notBefore", "probedTo"],
  };
}

function changeTo(
  status: EndpointStatus,
  seen: EndpointState,
  now: number,
  statusReason: string,
  set: Partial<EndpointState>,
): StateChange {
  return {
    set: { ...set, status, statusReason, statusSince: now },
    add: { version: 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("status", seen.status)],
  };
}
