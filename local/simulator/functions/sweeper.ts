import { requeueStalled } from "../../../lambdas/recoveries/requeue-stalled.ts";
import { redriveDeadLetters } from "../../../lambdas/retry/redrive-dead-letters.ts";
import { sweep } from "../../../lambdas/retry/resend-overdue-wake-ups.ts";
import { Environment } from "../function.ts";
import { type Simulation, worldFor } from "../world.ts";
import type { Queues } from "./queues.ts";

const MINUTE_MS = 60_000;

/** Runs the function sweep every minute. @param hasRecoveries whether it has recoveries to look at */
export function sweepEveryMinute(
  simulation: Simulation,
  { events, wakeUps }: Queues,
  { until, hasRecoveries }: { readonly until: number; readonly hasRecoveries: boolean },
): void {
  const { machine, mutant } = simulation;
  const { time, trace } = machine;
  const next = () => {
    if (time.now > until) return;
    time.after(MINUTE_MS, next);
    const environment = new Environment(machine, "sweeper");
    environment.begin(`sweeper/${time.now % 100_000_000}`, () => undefined);
    const world = worldFor(simulation, environment);
    const failed = (error: unknown) => trace(`sweeper: ${String(error)}`);
    if (!mutant?.hasNoSweeper) sweep(world).catch(failed);
    if (hasRecoveries) requeueStalled(world).catch(failed);
    if (mutant?.leavesDeadLetters) return;
    const letters = { events: events.deadLettersFor(environment), wakeUps: wakeUps.deadLettersFor(environment) };
    redriveDeadLetters({ ...world, ...letters }).catch(failed);
  };
  next();
}
