import type { EndpointState } from "../core/endpoint.ts";
import { isPromised, promise, wakeUpFor } from "../core/wake-up.ts";
import type { Clock, States, Timer } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly states: States;
  readonly timer: Timer;
}

const TRIES = 10; // ours: each loses only to somebody who promised something else at this moment

/**
 * Promises that an endpoint's backlog will be looked at when `dueAt` has come, unless that is promised already. Written
 * first, set second: a crash in between leaves a promise that the sweeper keeps.
 */
export async function promiseWakeUp(
  { clock, states, timer }: World,
  state: EndpointState,
  dueAt: number,
): Promise<void> {
  let seen = state;
  for (let tries = 0; tries < TRIES; tries++) {
    const at = wakeUpFor(seen, dueAt, clock.now());
    if (isPromised(seen, at)) return;
    const updated = await states.update(seen.endpoint, promise(seen, at));
    if (updated === undefined) return;
    if (updated.isDone) return timer.set({ endpoint: seen.endpoint, wakeAt: at }, seen.wakeAt);
    // Refused, but the promise is there: by a write whose answer was not heard, or by somebody who sets it too.
    if (updated.state.wakeAt === at) return timer.set({ endpoint: seen.endpoint, wakeAt: at });
    seen = updated.state;
  }
  throw new Error(`Cannot promise a wake-up of ${state.endpoint}: its state changed ${TRIES} times meanwhile`);
}
