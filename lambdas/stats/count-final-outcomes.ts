import type { EndedDelivery } from "../delivery/model/delivery.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Log } from "../ports/operations.ts";
import { bestEffortTime, inTime } from "../shared/best-effort.ts";
import { idTime } from "../shared/ids.ts";
import { type AddingPorts, windowAdder } from "./add-to-window.ts";
import { finalOutcomeCounts } from "./model/counters.ts";

interface Ports extends AddingPorts {
  readonly deliveries: Deliveries;
  readonly report: Pick<Log, "countsLost">;
}

/**
 * Wraps a function that ends deliveries, and counts the final outcomes that it records: one update per account. As
 * approximate as all counters.
 * @param runnerOf returns the function to wrap; its ports collect the recorded outcomes
 */
export function countingFinalOutcomes<P extends Ports, A extends readonly unknown[], R>(
  ports: P,
  runnerOf: (ports: P) => (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const { deliveries, report } = ports;
  const recorded: EndedDelivery[] = [];
  const run = runnerOf({
    ...ports,
    deliveries: {
      ...deliveries,
      async recordOutcome(ended) {
        const earlier = await deliveries.recordOutcome(ended);
        // A moved delivery continues at another endpoint.
        if (earlier === undefined && ended.reason !== "moved") recorded.push(ended);
        return earlier;
      },
    },
  });

  const addToWindow = windowAdder(ports);

  function count(account: string, ended: readonly EndedDelivery[], time: AbortSignal): Promise<void> {
    const keptMs = Math.max(...ended.map(({ keptUntil, eventId }) => keptUntil - idTime(eventId)));
    const addition = { counts: finalOutcomeCounts(ended), dropped: [] };
    return addToWindow("events", account, { additionTo: () => addition, keptMs, time });
  }

  return async (...args) => {
    try {
      return await run(...args);
    } finally {
      const byAccount = [...Map.groupBy(recorded.splice(0), ({ account }) => account)];
      const time = bestEffortTime();
      await Promise.all(
        byAccount.map(([account, ended]) =>
          inTime(time, count(account, ended, time)).catch((error: unknown) => report.countsLost(account, error)),
        ),
      );
    }
  };
}
