import type { Clock } from "../ports/clock.ts";
import type { States, Timer } from "../ports/endpoints.ts";
import type { Log } from "../ports/operations.ts";
import { LIMITS } from "../shared/limits.ts";

interface World {
  readonly clock: Pick<Clock, "now">;
  readonly states: Pick<States, "overdue">;
  readonly timer: Timer;
  readonly report: Pick<Log, "swept">;
}

const SWEPT_MAX = 5_000; // ours: seconds of sending; those behind are the oldest a minute later
const SIDE_BY_SIDE = 25; // ours

/**
 * Sends a wake-up for every promise that is overdue, the oldest 5,000: a crash between promising and setting the timer, a
 * schedule that was lost, a round that died. It is the only thing here that runs by the clock alone.
 * @returns how many were sent
 * @throws what the first one that could not be sent threw, once all others are sent
 */
export async function sweep({ clock, states, timer, report }: World): Promise<number> {
  const overdue = await states.overdue(clock.now() - LIMITS.overdueSeconds * 1_000, SWEPT_MAX);
  const failures: unknown[] = [];
  const waiting = overdue.values();
  const send = async () => {
    for (const wake of waiting) await timer.set(wake).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, send));
  const sent = overdue.length - failures.length;
  report.swept(sent);
  if (failures.length > 0) throw failures[0];
  return sent;
}
