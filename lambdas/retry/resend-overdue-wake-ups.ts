import type { Clock } from "../ports/clock.ts";
import type { States, Timer } from "../ports/endpoints.ts";
import type { Log } from "../ports/operations.ts";
import { LIMITS } from "../shared/limits.ts";

interface Ports {
  readonly clock: Pick<Clock, "now">;
  readonly states: Pick<States, "overdue">;
  readonly timer: Timer;
  readonly report: Pick<Log, "swept">;
}

const PARALLEL_SENDS = 25; // ours

/**
 * Sends overdue wake-ups again, the oldest 5,000. They are overdue after a crash between scheduling and setting the timer,
 * a lost schedule, or a crashed round. The sweeper runs every minute; everything else is triggered by messages.
 * @returns how many were sent
 * @throws the first error, after all other wake-ups were sent
 */
export async function sweep({ clock, states, timer, report }: Ports): Promise<number> {
  const overdue = await states.overdue(clock.now() - LIMITS.overdueSeconds * 1_000, LIMITS.overdueMax);
  const failures: unknown[] = [];
  const next = overdue.values();
  const send = async () => {
    for (const wake of next) await timer.set(wake).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: PARALLEL_SENDS }, send));
  const sent = overdue.length - failures.length;
  report.swept(sent);
  if (failures.length > 0) throw failures[0];
  return sent;
}
