import { LIMITS } from "../core/limits.ts";
import type { Clock, Log, States, Timer } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly states: States;
  readonly timer: Timer;
  readonly report: Pick<Log, "swept">;
}

/**
 * Sends a wake-up for every promise that is overdue: a crash between promising and setting the timer, a schedule that
 * was lost, a round that died. It is the only thing here that runs by the clock alone.
 * @returns how many promises were overdue
 */
export async function sweep({ clock, states, timer, report }: World): Promise<number> {
  const overdue = await states.overdue(clock.now() - LIMITS.overdueSeconds * 1_000);
  for (const wake of overdue) await timer.set(wake);
  report.swept(overdue.length);
  return overdue.length;
}
