import { LIMITS } from "../../shared/limits.ts";
import { asSeen, type StateChange } from "./conditional-update.ts";
import type { EndpointState } from "./endpoint-state.ts";

const SECOND_MS = 1_000; // the Scheduler knows whole seconds only

/**
 * When an endpoint's backlog must be looked at: once a day at least, for what expires meanwhile.
 * @param dueAt the earliest of what waits; of what has just joined it, while failing
 */
export function wakeUpFor(state: EndpointState, dueAt: number, now: number): number {
  const { status, notBefore = 0, probeAt = 0, earlyProbeAt = Number.POSITIVE_INFINITY, expiryCheckedAt } = state;
  const watchAt = expiryCheckedAt + LIMITS.expiryCheckEverySeconds * 1_000;
  switch (status) {
    case "deleted": // its backlog is cancelled, whatever it waited for
      return wholeSecond(now);
    case "suspended":
      return wholeSecond(Math.max(watchAt, now));
    case "paused":
      return wholeSecond(Math.max(state.notBefore === undefined ? watchAt : Math.min(notBefore, watchAt), now));
    case "failing":
      return within(Math.max(Math.min(probeAt, Math.max(earlyProbeAt, dueAt)), notBefore), now);
    case "active":
      return within(Math.max(dueAt, notBefore), now);
  }
}

/** In a day at the latest: what expires before its time comes must not end in silence. */
function within(at: number, now: number): number {
  return wholeSecond(Math.max(Math.min(at, now + LIMITS.expiryCheckEverySeconds * 1_000), now));
}

/** Rounded up: a wake-up is never early. */
export function wholeSecond(at: number): number {
  return Math.ceil(at / SECOND_MS) * SECOND_MS;
}

/** Whether the state holds a promise that is as good: one that is kept at `at` or earlier. */
export function isScheduled({ wakeAt }: EndpointState, at: number): boolean {
  return wakeAt !== undefined && wakeAt <= at;
}

/** Promises a wake-up in place of the one that was seen, so that exactly that one's schedule can be deleted. */
export function promise(seen: EndpointState, at: number): StateChange {
  return { set: { wakeAt: at }, onlyIf: [asSeen("wakeAt", seen.wakeAt), asSeen("version", seen.version)] };
}

/** Takes the endpoint for one round: the wake-up is due, and no other round is running. */
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
 * Ends a round, if nothing happened that it has not seen: no change of status, no other promise, nothing that joined the
 * backlog after `seen` was read.
 * @param seen the state as it was before the backlog was read, with the round's own changes
 * @param wakeAt when to look again; `undefined` when nothing waits
 * @param mayHaveGrown closes though something has joined the backlog: `wakeAt` must be near then
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

/** Gives the lease back and leaves all else as it is. */
export function leaveRound(roundId: string): StateChange {
  return { remove: ["roundId", "roundUntil"], onlyIf: [{ field: "roundId", is: "equal", to: roundId }] };
}
