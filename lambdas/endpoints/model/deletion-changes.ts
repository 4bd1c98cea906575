import type { StateChange } from "./conditional-update.ts";
import type { EndpointState } from "./endpoint-state.ts";
import { changeTo, PROBING } from "./endpoint-state-changes.ts";
import { wholeSecond } from "./wake-up.ts";

/**
 * A round will cancel the backlog: the same write schedules its wake-up.
 * @param keptUntil epoch ms: the backlog stays until then, and the endpoint may be restored
 */
export function toDeleted(
  seen: EndpointState,
  now: number,
  successorTypes: readonly string[],
  keptUntil?: number,
): StateChange {
  return changeTo("deleted", seen, now, "deleted", {
    set: { wakeAt: wholeSecond(now), successorTypes, ...(keptUntil !== undefined && { keptUntil }) },
    remove: PROBING,
  });
}

/** A deleted endpoint is in use again, with its backlog. It starts like a resumed one. */
export function toRestored(seen: EndpointState, now: number): StateChange {
  return changeTo("failing", seen, now, "registered_again", {
    set: { attemptIndex: 0, wakeAt: wholeSecond(now) },
    remove: [...PROBING, "successorTypes", "keptUntil"],
    publish: "rappel.endpoint.resumed",
  });
}
