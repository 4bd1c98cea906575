import type { EndedDelivery } from "../delivery/model/delivery.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Log } from "../ports/operations.ts";
import type { Stats } from "../ports/stats.ts";
import { idTime } from "../shared/ids.ts";
import { finalOutcomeCounts, windowAt } from "./model/counters.ts";

interface World {
  readonly clock: Clock;
  readonly deliveries: Deliveries;
  readonly stats: Stats;
  readonly report: Pick<Log, "countsLost">;
}

/**
 * Runs what ends deliveries, and then counts those whose last word it has put: one update an account. As approximate as all
 * counters.
 * @param runnerOf makes what is run, in a world that notes
 */
export function countingFinalOutcomes<W extends World, A extends readonly unknown[], R>(
  world: W,
  runnerOf: (world: W) => (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const { clock, deliveries, report, stats } = world;
  const noted: EndedDelivery[] = [];
  const run = runnerOf({
    ...world,
    deliveries: {
      ...deliveries,
      async recordOutcome(ended) {
        const standing = await deliveries.recordOutcome(ended);
        // What was moved goes on elsewhere.
        if (standing === undefined && ended.reason !== "moved") noted.push(ended);
        return standing;
      },
    },
  });

  async function count(account: string, ended: readonly EndedDelivery[]): Promise<void> {
    const at = windowAt(clock.now());
    const keptMs = Math.max(...ended.map(({ keptUntil, eventId }) => keptUntil - idTime(eventId)));
    await stats.add("events", account, { at, counts: finalOutcomeCounts(ended) }, at + keptMs);
  }

  return async (...args) => {
    try {
      return await run(...args);
    } finally {
      const byAccount = [...Map.groupBy(noted.splice(0), ({ account }) => account)];
      await Promise.all(
        byAccount.map(([account, ended]) =>
          count(account, ended).catch((error: unknown) => report.countsLost(account, error)),
        ),
      );
    }
  };
}
