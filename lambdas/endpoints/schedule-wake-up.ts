import type { Clock } from "../ports/clock.ts";
import type { States, Timer } from "../ports/endpoints.ts";
import type { StateChange } from "./model/conditional-update.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { isScheduled, promise, wakeUpFor, wholeSecond } from "./model/wake-up.ts";

interface World {
  readonly clock: Clock;
  readonly states: States;
  readonly timer: Timer;
}

const TRIES = 10; // ours: each loses only to somebody who promised something else at this moment

/** Promises that an endpoint's backlog will be looked at when `dueAt` has come, unless that is promised already. */
export function scheduleWakeUp(world: World, state: EndpointState, dueAt: number): Promise<void> {
  return scheduleAt(world, state, (seen) => wakeUpFor(seen, dueAt, world.clock.now()));
}

/**
 * Has an endpoint's backlog looked at now, whatever its status. Counted as something that joined it, so that a round which
 * runs at this moment does not close without looking again.
 * @param change what else is written of it
 */
export async function wakeNow(world: World, endpoint: string, { set }: Pick<StateChange, "set"> = {}): Promise<void> {
  const updated = await world.states.update(endpoint, { ...(set && { set }), add: { parked: 1 } });
  if (updated !== undefined) await scheduleAt(world, updated.state, () => wholeSecond(world.clock.now()));
}

/** Written first, set second: a crash in between leaves a promise that the sweeper keeps. */
async function scheduleAt(
  { states, timer }: World,
  state: EndpointState,
  atFor: (seen: EndpointState) => number,
): Promise<void> {
  let seen = state;
  for (let tries = 0; tries < TRIES; tries++) {
    const at = atFor(seen);
    if (isScheduled(seen, at)) return;
    const updated = await states.update(seen.endpoint, promise(seen, at));
    if (updated === undefined) return;
    if (updated.isDone) return timer.set({ endpoint: seen.endpoint, wakeAt: at }, seen.wakeAt);
    // Refused, but the promise is there: by a write whose answer was not heard, or by somebody who sets it too.
    if (updated.state.wakeAt === at) return timer.set({ endpoint: seen.endpoint, wakeAt: at });
    seen = updated.state;
  }
  throw new Error(`Cannot promise a wake-up of ${state.endpoint}: its state changed ${TRIES} times meanwhile`);
}
