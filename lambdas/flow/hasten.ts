import type { StateChange } from "../core/state-change.ts";
import { promise, wholeSecond } from "../core/wake-up.ts";
import type { Clock, States, Timer } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly states: States;
  readonly timer: Timer;
}

const TRIES = 10; // ours: each loses only to somebody who promised something else at this moment

/**
 * Has an endpoint's backlog looked at now, whatever its status. Counted as something that joined it, so that a round which
 * runs at this moment does not close without looking again.
 * @param set what else is noted of it
 */
export async function hasten(
  { clock, states, timer }: World,
  endpoint: string,
  { set }: Pick<StateChange, "set"> = {},
): Promise<void> {
  let seen = (await states.update(endpoint, { ...(set && { set }), add: { parked: 1 } }))?.state;
  for (let tries = 0; tries < TRIES; tries++) {
    if (seen === undefined || seen.status === "deleted") return;
    const wakeAt = wholeSecond(clock.now());
    if (seen.wakeAt !== undefined && seen.wakeAt <= wakeAt) return timer.set({ endpoint, wakeAt: seen.wakeAt });
    const updated = await states.update(endpoint, promise(seen, wakeAt));
    if (updated?.isDone || updated?.state.wakeAt === wakeAt) return timer.set({ endpoint, wakeAt }, seen.wakeAt);
    seen = updated?.state;
  }
  throw new Error(`Cannot hasten ${endpoint}: its state changed ${TRIES} times meanwhile`);
}
