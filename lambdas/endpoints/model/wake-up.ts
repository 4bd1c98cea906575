import { LIMITS } from "../../shared/limits.ts";
import { summaryDueAt } from "./announcements.ts";
import { asSeen, type StateChange } from "./conditional-update.ts";
import type { EndpointState } from "./endpoint-state.ts";

const SECOND_MS = 1_000; // EventBridge Scheduler has whole seconds only

/**
 * When an endpoint's next retry round must start: at least once a day, for the expiry check.
 * @param dueAt when the first pending delivery is due; while failing, when the first new one is
 */
export function wakeUpFor(state: EndpointState, dueAt: number, now: number): number {
  const wakeAt = wakeUpForStatus(state, dueAt, now);
  // Nothing more is published about a deleted endpoint.
  return state.status === "deleted" ? wakeAt : Math.min(wakeAt, wholeSecond(Math.max(summaryDueAt(state), now)));
}

function wakeUpForStatus(state: EndpointState, dueAt: number, now: number): number {
  const { status, notBefore = 0, probeAt = 0, earlyProbeAt = Number.POSITIVE_INFINITY, expiryCheckedAt } = state;
  const checkAt = expiryCheckedAt + LIMITS.expiryCheckEverySeconds * 1_000;
  switch (status) {
    case "deleted": // the backlog is cancelled, due or not
      return wholeSecond(Math.max(state.keptUntil ?? 0, now));
    case "suspended":
      return wholeSecond(Math.max(checkAt, now));
    case "paused":
      return wholeSecond(Math.max(state.notBefore === undefined ? checkAt : Math.min(notBefore, checkAt), now));
    case "failing":
      return withinOneDay(Math.max(Math.min(probeAt, Math.max(earlyProbeAt, dueAt)), notBefore), now);
    case "active":
      return withinOneDay(Math.max(dueAt, notBefore), now);
  }
}

/** At most a day from now: a delivery that expires before it is due must be announced. */
function withinOneDay(at: number, now: number): number {
  return wholeSecond(Math.max(Math.min(at, now + LIMITS.expiryCheckEverySeconds * 1_000), now));
}

/** Rounded up, so that a wake-up is never early. */
export function wholeSecond(at: number): number {
  return Math.ceil(at / SECOND_MS) * SECOND_MS;
}

/** Whether a wake-up is already scheduled for `at` or earlier. */
export function isScheduled({ wakeAt }: EndpointState, at: number): boolean {
  return wakeAt !== undefined && wakeAt <= at;
}

/** Whether a delivery that has just joined the backlog needs nothing more: the next round is scheduled and not running. */
export function isWaitingForRound(state: EndpointState, dueAt: number, now: number): boolean {
  const { status, roundId, wakeAt = 0, announce, isQuiet } = state;
  const isHeld = status === "failing" || status === "suspended" || status === "paused";
  const hasNothingToPublish = announce === undefined && isQuiet !== true;
  return (
    isHeld &&
    roundId === undefined &&
    wakeAt > now &&
    hasNothingToPublish &&
    isScheduled(state, wakeUpFor(state, dueAt, now))
  );
}

/** Schedules a wake-up in place of the one that was read, so that the schedule of exactly that one can be deleted. */
export function scheduled(seen: EndpointState, at: number): StateChange {
  return { set: { wakeAt: at }, onlyIf: [asSeen("wakeAt", seen.wakeAt), asSeen("version", seen.version)] };
}

/** Takes the lease for one round, if the wake-up is due and no other round is running. */
export function beginRound(roundId: string, now: number, until: number): StateChange {
  return {
    set: { roundId, roundUntil: until },
    onlyIf: [
      { field: "wakeAt", is: "at most", to: now },
      { field: "roundUntil", is: "absent or below", to: now },
    ],
  };
}

/**
 * Ends a round, unless something else changed since `seen` was read: the status, the wake-up, or the backlog.
 * @param seen the state as it was before the backlog was read, with the round's own changes
 * @param wakeAt when the next round starts; `undefined` if nothing is pending
 * @param mayHaveGrown ends the round even if deliveries joined the backlog: `wakeAt` must be soon then
 */
export function closeRound(seen: EndpointState, wakeAt: number | undefined, mayHaveGrown = false): StateChange {
  return {
    ...(wakeAt !== undefined && { set: { wakeAt } }),
    remove: wakeAt === undefined ? ["roundId", "roundUntil", "wakeAt"] : ["roundId", "roundUntil"],
    onlyIf: [
      asSeen("roundId", seen.roundId),
      asSeen("version", seen.version),
      asSeen("wakeAt", seen.wakeAt),
      ...(mayHaveGrown ? [] : [asSeen("parked", seen.parked)]),
    ],
  };
}

/** Gives up the lease and changes nothing else. */
export function leaveRound(roundId: string): StateChange {
  return { remove: ["roundId", "roundUntil"], onlyIf: [{ field: "roundId", is: "equal", to: roundId }] };
}
