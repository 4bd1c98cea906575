import type { OperationalType } from "../../events/model/operational-types.ts";
import type { NextProbe } from "../../retry/model/next-probe.ts";
import { LIMITS } from "../../shared/limits.ts";
import { asSeen, type OptionalField, type StateChange } from "./conditional-update.ts";
import type { Transition } from "./endpoint-policy.ts";
import type { EndpointState, EndpointStatus } from "./endpoint-state.ts";
import { wholeSecond } from "./wake-up.ts";

/** What one batch, or one round, taught about an endpoint. */
export interface BatchResult {
  readonly endpoint: string;
  /** Deliveries that joined the backlog. */
  readonly parked: number;
  /** Failures since the last success, in the order of their ends; all of them where there was none. */
  readonly failures: number;
  /** The last success, if there was one. */
  readonly okAt?: number;
  /** The earliest time that one of the parked is due. */
  readonly dueAt?: number;
  /** Until when the receiver asked for patience. */
  readonly notBefore?: number;
  /** Whether a backup stands in for it once it is suspended. */
  readonly hasBackup?: boolean;
  /** In whose stead something has joined its backlog. */
  readonly onBehalfOf?: readonly string[];
  /** It said that it wants nothing more (410). */
  readonly isGone?: boolean;
}

/** Adds what was applied. A success begins the streak anew. */
export function applied({ parked, failures, okAt }: BatchResult): StateChange {
  if (okAt === undefined) return { add: { parked, streak: failures } };
  return { set: { lastOkAt: okAt, streak: failures }, add: { parked } };
}

/** Nothing is sent before `until`: the receiver asked for it (429, 503). A pause has an end of its own. */
function patient(seen: EndpointState, until: number): StateChange {
  return {
    set: { notBefore: until },
    onlyIf: [asSeen("version", seen.version), { field: "notBefore", is: "absent or below", to: until }],
  };
}

/** @param attemptIndex failed tries of the endpoint's schedule so far: a lone event has climbed them all */
export function toFailing(
  seen: EndpointState,
  attemptIndex: number,
  next: NextProbe,
  now: number,
  reason: string,
): StateChange {
  return changeTo("failing", seen, now, reason, {
    set: { attemptIndex, ...next },
    ...(next.earlyProbeAt === undefined && { remove: ["earlyProbeAt"] }),
    tells: "rappel.endpoint.failing",
  });
}

/** One more failed try of a failing URL: the next waits for the attemptIndex's time. */
function climbed(seen: EndpointState, probedTo: string, next: NextProbe): StateChange {
  return {
    set: { probedTo, ...next },
    ...(next.earlyProbeAt === undefined && { remove: ["earlyProbeAt"] }),
    add: { attemptIndex: 1, streak: 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("roundId", seen.roundId)],
  };
}

/** A fresh look that failed: it counts on no schedule. */
function looked(seen: EndpointState, earlyProbeAt: number, notBefore?: number): StateChange {
  return {
    set: { earlyProbeAt, ...(notBefore !== undefined && { notBefore }) },
    onlyIf: [asSeen("version", seen.version), asSeen("roundId", seen.roundId)],
  };
}

// Not `probedTo`: whoever fails again goes on where the probes had come to, or the same few would have all the turns.
const PROBING = ["notBefore", "probeAt", "earlyProbeAt"] as const;

export function toActive(seen: EndpointState, now: number, okAt: number | undefined, reason: string): StateChange {
  return changeTo("active", seen, now, reason, {
    set: { attemptIndex: 0, streak: 0, ...(okAt !== undefined && { lastOkAt: okAt }) },
    remove: PROBING,
    tells: "rappel.endpoint.recovered",
  });
}

/** Ours, after the whole schedule, or at the receiver's word (410): nothing is sent until the user resumes it. */
export function toSuspended(seen: EndpointState, now: number, reason: string): StateChange {
  return changeTo("suspended", seen, now, reason, { remove: PROBING, tells: "rappel.endpoint.suspended" });
}

/**
 * The user's wish. Its end, or the next look at what expires, is promised in the same write: a crash behind it leaves a
 * promise that the sweeper keeps. What is still to be told is told at once.
 * @param until when it ends by itself, epoch ms
 */
export function toPaused(seen: EndpointState, now: number, until?: number): StateChange {
  const end = Math.min(until ?? Number.POSITIVE_INFINITY, now + LIMITS.expiryCheckEverySeconds * 1_000);
  const wakeAt = wholeSecond(seen.announce === undefined ? end : now);
  return changeTo("paused", seen, now, "paused by its user", {
    set: { wakeAt, ...(until !== undefined && { notBefore: until }) },
    remove: until === undefined ? PROBING : ["probeAt", "earlyProbeAt"],
  });
}

/**
 * Back to work, carefully: one probe decides whether the backlog is released. Promised in the same write.
 * @param skipBefore epoch ms: what was accepted before is cancelled
 */
export function toResumed(seen: EndpointState, now: number, reason: string, skipBefore?: number): StateChange {
  return changeTo("failing", seen, now, reason, {
    set: { attemptIndex: 0, wakeAt: wholeSecond(now), ...(skipBefore !== undefined && { skipBefore }) },
    remove: PROBING,
    tells: "rappel.endpoint.resumed",
  });
}

/** Its url is another now: what a running round finds out about the old one is no answer any more. */
export function moved(seen: EndpointState): StateChange {
  return {
    set: { streak: 0 },
    add: { version: 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("status", seen.status)],
  };
}

/** A pause that has reached its end, seen by the round that its promise began. */
export function pauseEnded(seen: EndpointState, now: number): StateChange {
  return changeTo("failing", seen, now, "its pause has ended", {
    set: { attemptIndex: 0 },
    remove: PROBING,
    tells: "rappel.endpoint.resumed",
  });
}

/** Its backlog will be cancelled: promised in the same write. */
export function toDeleted(seen: EndpointState, now: number, successorTypes: readonly string[]): StateChange {
  return changeTo("deleted", seen, now, "deleted", {
    set: { wakeAt: wholeSecond(now), successorTypes },
    remove: PROBING,
  });
}

/** What it holds in the stead of others is asked for. */
export function returnRequested(now: number): StateChange {
  return { set: { returnRequestedAt: now } };
}

/** It is given back, as far as was asked at that time. */
export function returned(askedAt: number): StateChange {
  return { remove: ["returnRequestedAt"], onlyIf: [asSeen("returnRequestedAt", askedAt)] };
}

/** The daily look at what expires. @param reason what to tell of it, if anything */
export function watched(seen: EndpointState, now: number, reason?: string): StateChange {
  const telling = reason === undefined ? {} : announcing(seen, "rappel.endpoint.expiring", now, reason);
  return {
    set: { expiryCheckedAt: now, ...telling },
    add: { announced: reason === undefined ? 0 : 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("announced", seen.announced), asSeen("roundId", seen.roundId)],
  };
}

/** All that was to be told is told. */
export function told(seen: EndpointState): StateChange {
  return { set: { publishedTo: seen.announced }, remove: ["announce"], onlyIf: [asSeen("announced", seen.announced)] };
}

/** The same where something else is to be told by now: that is left to whoever changed it. */
export function publishedSoFar({ announced }: EndpointState): StateChange {
  return { set: { publishedTo: announced }, onlyIf: [{ field: "publishedTo", is: "absent or below", to: announced }] };
}

/**
 * The change that carries out what the policy decided; `undefined` where the state stays as it is.
 * @param probedTo the event that was probed last
 */
export function changeFor(
  seen: EndpointState,
  transition: Transition,
  now: number,
  probedTo = "",
): StateChange | undefined {
  switch (transition.to) {
    case "suspended":
      return toSuspended(seen, now, transition.reason);
    case "failing":
      return toFailing(seen, transition.attemptIndex, transition.next, now, transition.reason);
    case "active":
      return toActive(seen, now, transition.lastSuccessAt, transition.reason);
    case "waiting":
      return patient(seen, transition.until);
    case "next probe":
      return climbed(seen, probedTo, transition.next);
    case "next early probe":
      return looked(seen, transition.at, transition.notBefore);
    case "unchanged":
    case "events exhausted":
      return undefined;
  }
}

interface Effect {
  readonly set?: Partial<EndpointState>;
  readonly remove?: readonly OptionalField[];
  /** What the world is told of it. */
  readonly tells?: OperationalType;
}

function changeTo(
  status: EndpointStatus,
  seen: EndpointState,
  now: number,
  statusReason: string,
  { set = {}, remove = [], tells }: Effect,
): StateChange {
  const telling = tells === undefined ? {} : announcing(seen, tells, now, statusReason);
  return {
    set: { ...set, ...telling, status, statusReason, statusSince: now },
    remove,
    add: { version: 1, ...(tells !== undefined && { announced: 1 }) },
    onlyIf: [asSeen("version", seen.version), asSeen("status", seen.status), asSeen("announced", seen.announced)],
  };
}

function announcing(
  { announce = [], announced }: EndpointState,
  type: OperationalType,
  at: number,
  reason: string,
): Pick<EndpointState, "announce"> {
  return { announce: [...announce, { number: announced + 1, type, at, reason }] };
}
