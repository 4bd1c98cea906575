import type { Clock } from "../ports/clock.ts";
import type { States, Timer } from "../ports/endpoints.ts";
import type { StateChange } from "./model/conditional-update.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { isScheduled, scheduled, wakeUpFor, wholeSecond } from "./model/wake-up.ts";

interface Ports {
  readonly clock: Clock;
  readonly states: States;
  readonly timer: Timer;
}

// Ours: a try fails only when another function changes the state at the same moment, as many do in a burst of failures or
// of requests. About 4 s in all, less than the time that is reserved to record results.
const TRIES = 24;
const WAIT_MAX_MS = 250;

/** Schedules the endpoint's next retry round for `dueAt`, unless one is already scheduled. */
export function scheduleWakeUp(ports: Ports, state: EndpointState, dueAt: number): Promise<void> {
  return scheduleAt(ports, state, (seen) => wakeUpFor(seen, dueAt, ports.clock.now()));
}

/**
 * Starts a retry round of an endpoint now, whatever its status. It counts as a delivery that joined the backlog, so that a
 * round that is running does not end without reading the backlog again.
 * @param change fields to write at the same time
 */
export async function wakeNow(ports: Ports, endpoint: string, { set }: Pick<StateChange, "set"> = {}): Promise<void> {
  const updated = await ports.states.update(endpoint, { ...(set && { set }), add: { parked: 1 } });
  if (updated !== undefined) await scheduleAt(ports, updated.state, () => wholeSecond(ports.clock.now()));
}

/** Written first, then set: after a crash in between the sweeper sends the wake-up. */
async function scheduleAt(
  { clock, states, timer }: Ports,
  state: EndpointState,
  atFor: (seen: EndpointState) => number,
): Promise<void> {
  let seen = state;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await clock.sleep(Math.min(2 ** tries, WAIT_MAX_MS));
    const at = atFor(seen);
    if (isScheduled(seen, at)) return;
    const updated = await states.update(seen.endpoint, scheduled(seen, at));
    if (updated === undefined) return;
    if (updated.isDone) return timer.set({ endpoint: seen.endpoint, wakeAt: at }, seen.wakeAt);
    // Refused, but the wake-up is there: our write succeeded without a response, or another function sets it too.
    if (updated.state.wakeAt === at) return timer.set({ endpoint: seen.endpoint, wakeAt: at });
    seen = updated.state;
  }
  throw new Error(`Cannot schedule a wake-up of ${state.endpoint}: its state changed during each of ${TRIES} tries`);
}
