import type { OperationalType } from "../../events/model/operational-types.ts";
import type { NextProbe } from "../../retry/model/next-probe.ts";
import { announcing } from "./announcements.ts";
import { asSeen, type OptionalField, type StateChange } from "./conditional-update.ts";
import type { Transition } from "./endpoint-policy.ts";
import { type EndpointState, type EndpointStatus, type StatusReason, statusReasonText } from "./endpoint-state.ts";
import { wakeUpFor, wholeSecond } from "./wake-up.ts";

/** The result of one batch, or of one retry round, for one endpoint. */
export interface BatchResult {
  readonly endpoint: string;
  /** Deliveries that joined the backlog. */
  readonly parked: number;
  /** Failures since the last success, in the order in which the attempts ended; all failures if there was no success. */
  readonly failures: number;
  /** The last of these failures that was not of an operational webhook. */
  readonly ownFailureAt?: number;
  /** Whether an event joined the backlog that is not an operational webhook. */
  readonly hasOwnParked?: boolean;
  /** The last success, if there was one. */
  readonly okAt?: number;
  /** When the receiver last refused an event as a loop. */
  readonly loopAt?: number;
  /** When the first of the deliveries that joined the backlog is due. */
  readonly dueAt?: number;
  /** When the receiver's Retry-After ends. */
  readonly notBefore?: number;
  /** Whether a backup endpoint takes over while it is suspended. */
  readonly hasBackup?: boolean;
  /** The suspended endpoints on whose behalf deliveries joined its backlog. */
  readonly onBehalfOf?: readonly string[];
  /** The receiver answered 410 Gone. */
  readonly isGone?: boolean;
}

/** Adds a batch result. A success resets the streak of failures. */
export function applied({ parked, failures, okAt, loopAt, ownFailureAt }: BatchResult): StateChange {
  const set = {
    ...(loopAt !== undefined && { lastLoopAt: loopAt }),
    ...(ownFailureAt !== undefined && { ownFailureAt }),
  };
  if (okAt === undefined) return { set, add: { parked, streak: failures } };
  return {
    set: { ...set, lastOkAt: okAt, streak: failures },
    add: { parked },
    ...(ownFailureAt === undefined && { remove: ["ownFailureAt"] }),
  };
}

/** Nothing is sent before `until`, because of the receiver's Retry-After (429, 503). */
function waiting(seen: EndpointState, until: number): StateChange {
  return {
    set: { notBefore: until },
    onlyIf: [asSeen("version", seen.version), { field: "notBefore", is: "absent or below", to: until }],
  };
}

/** @param attemptIndex failed attempts of the endpoint's schedule so far; one event alone can have made several */
export function toFailing(
  seen: EndpointState,
  attemptIndex: number,
  next: NextProbe,
  now: number,
  reason: StatusReason,
): StateChange {
  const isQuiet = seen.ownFailureAt === undefined;
  return changeTo("failing", seen, now, reason, {
    set: { attemptIndex, ...next, ...(isQuiet && { isQuiet }) },
    ...(next.earlyProbeAt === undefined && { remove: ["earlyProbeAt"] }),
    publish: "rappel.endpoint.failing",
    isQuiet,
  });
}

/** A scheduled probe failed: the next one waits as long as the schedule says for the new attempt index. */
function probeFailed(seen: EndpointState, probedTo: string, next: NextProbe): StateChange {
  return {
    set: { probedTo, ...next },
    ...(next.earlyProbeAt === undefined && { remove: ["earlyProbeAt"] }),
    add: { attemptIndex: 1, streak: 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("roundId", seen.roundId)],
  };
}

/** An early probe failed: it does not count on the schedule. */
function earlyProbeFailed(seen: EndpointState, earlyProbeAt: number, notBefore?: number): StateChange {
  return {
    set: { earlyProbeAt, ...(notBefore !== undefined && { notBefore }) },
    onlyIf: [asSeen("version", seen.version), asSeen("roundId", seen.roundId)],
  };
}

// `probedTo` stays: if the endpoint fails again, probes continue after it. Otherwise the first few would always be probed.
export const PROBING = ["notBefore", "probeAt", "earlyProbeAt"] as const;

export function toActive(
  seen: EndpointState,
  now: number,
  okAt: number | undefined,
  reason: StatusReason,
): StateChange {
  return changeTo("active", seen, now, reason, {
    set: { attemptIndex: 0, streak: 0, ...(okAt !== undefined && { lastOkAt: okAt }) },
    remove: [...PROBING, "ownFailureAt"],
    publish: "rappel.endpoint.recovered",
    ...(seen.isQuiet && { isQuiet: true }),
  });
}

/** After the whole schedule has failed, or after a 410 Gone: nothing is sent until the user resumes the endpoint. */
export function toSuspended(seen: EndpointState, now: number, reason: StatusReason): StateChange {
  return changeTo("suspended", seen, now, reason, { remove: PROBING, publish: "rappel.endpoint.suspended" });
}

/**
 * Requested by the user. The same write schedules the wake-up for the end of the pause or for the next expiry check: after
 * a crash the sweeper sends it. Status events that are still unpublished are published at once.
 * @param until when the pause ends, epoch ms
 */
export function toPaused(seen: EndpointState, now: number, until?: number): StateChange {
  const { notBefore: _, ...others } = seen;
  const paused: EndpointState = { ...others, status: "paused", ...(until !== undefined && { notBefore: until }) };
  const wakeAt = seen.announce === undefined ? wakeUpFor(paused, now, now) : wholeSecond(now);
  return changeTo("paused", seen, now, "paused_by_user", {
    set: { wakeAt, ...(until !== undefined && { notBefore: until }), ...(isHealthy(seen) && { wasActive: true }) },
    remove: until === undefined ? PROBING : ["probeAt", "earlyProbeAt"],
  });
}

/** Whether it is active, or was active when it was paused. */
function isHealthy({ status, wasActive = false }: EndpointState): boolean {
  return status === "active" || (status === "paused" && wasActive);
}

/**
 * An endpoint that was active before its pause is active again. Any other starts as failing: one probe decides whether its
 * backlog is delivered. The same write schedules the wake-up.
 * @param skipBefore epoch ms: deliveries of events accepted before are cancelled
 */
export function toResumed(seen: EndpointState, now: number, skipBefore?: number): StateChange {
  return changeTo(isHealthy(seen) ? "active" : "failing", seen, now, "resumed_by_user", {
    set: { attemptIndex: 0, wakeAt: wholeSecond(now), ...(skipBefore !== undefined && { skipBefore }) },
    remove: PROBING,
    publish: "rappel.endpoint.resumed",
  });
}

/** The endpoint has a new url: results that a running round gets from the old url no longer count. */
export function urlChanged(seen: EndpointState): StateChange {
  return {
    set: { streak: 0 },
    add: { version: 1 },
    onlyIf: [asSeen("version", seen.version), asSeen("status", seen.status)],
  };
}

/** The pause has ended. Called by the round that the scheduled wake-up started. */
export function pauseEnded(seen: EndpointState, now: number): StateChange {
  return changeTo(isHealthy(seen) ? "active" : "failing", seen, now, "pause_ended", {
    set: { attemptIndex: 0 },
    remove: PROBING,
    publish: "rappel.endpoint.resumed",
  });
}

/** Asks for the deliveries that this endpoint holds on behalf of others. */
export function returnRequested(now: number): StateChange {
  return { set: { returnRequestedAt: now } };
}

/** All of them were moved back, as requested at that time. */
export function returnCompleted(requestedAt: number): StateChange {
  return { remove: ["returnRequestedAt"], onlyIf: [asSeen("returnRequestedAt", requestedAt)] };
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
      return waiting(seen, transition.until);
    case "next probe":
      return probeFailed(seen, probedTo, transition.next);
    case "next early probe":
      return earlyProbeFailed(seen, transition.at, transition.notBefore);
    case "unchanged":
    case "events exhausted":
      return undefined;
  }
}

interface Effect {
  readonly set?: Partial<EndpointState>;
  readonly remove?: readonly OptionalField[];
  /** The status event to publish. */
  readonly publish?: OperationalType;
  /** Whether it concerns operational webhooks alone. */
  readonly isQuiet?: boolean;
}

export function changeTo(
  status: EndpointStatus,
  seen: EndpointState,
  now: number,
  why: StatusReason | StatusReason["code"],
  { set = {}, remove = [], publish, isQuiet = false }: Effect,
): StateChange {
  const statusReason = typeof why === "string" ? { code: why } : why;
  const announcement =
    publish && announcing(seen, { type: publish, at: now, reason: statusReasonText(statusReason), isQuiet });
  return {
    set: { ...set, ...announcement?.set, status, statusReason, statusSince: now },
    remove: [
      ...remove,
      ...(set.isQuiet ? [] : (["isQuiet"] as const)),
      ...(set.wasActive ? [] : (["wasActive"] as const)),
    ],
    add: { version: 1, ...announcement?.add },
    onlyIf: [asSeen("version", seen.version), asSeen("status", seen.status), asSeen("announced", seen.announced)],
  };
}
