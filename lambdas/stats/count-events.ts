import type { LoggedEvent } from "../delivery/model/delivery.ts";
import type { Log } from "../ports/operations.ts";
import { bestEffortTime, inTime } from "../shared/best-effort.ts";
import { type AddingPorts, windowAdder } from "./add-to-window.ts";
import { type FailureRatePorts, failureRateWatch } from "./alert-on-failure-rate.ts";
import { additionTo, countsOf, STATS_KINDS, type StatsKind } from "./model/counters.ts";

interface Ports extends FailureRatePorts, AddingPorts {
  readonly report: Pick<Log, "countsLost">;
}

/** Adds the events that a batch has logged to their accounts' counters. */
export type CountEvents = (logged: readonly LoggedEvent[]) => Promise<void>;

/**
 * Counts a batch's events: one update per account, and one more if some of them report on e-mails. Then it also checks the
 * failure rate. Counts are approximate: an event is counted when it is logged for the first time, and what fails, or takes
 * longer than all of this may take together, is reported, but not retried.
 */
export function eventCounter(ports: Ports): CountEvents {
  const { report } = ports;
  const addToWindow = windowAdder(ports);
  const watchFailureRate = failureRateWatch(ports);

  async function count(
    kind: StatsKind,
    account: string,
    events: readonly LoggedEvent[],
    time: AbortSignal,
  ): Promise<void> {
    const counts = countsOf(kind, events);
    if (Object.keys(counts).length === 0) return;
    const keptMs = Math.max(...events.map(({ keptUntil, acceptedAt }) => keptUntil - acceptedAt));
    await addToWindow(kind, account, { additionTo: (held) => additionTo(kind, counts, held), keptMs, time });
    // Even if all of these were delivered: the number of e-mails or the rate has changed.
    if (kind === "emails") await watchFailureRate(account, time);
  }

  return async (logged) => {
    const time = bestEffortTime();
    const byAccount = [...Map.groupBy(logged, ({ account }) => account)];
    await Promise.all(
      byAccount.flatMap(([account, events]) =>
        STATS_KINDS.map((kind) =>
          inTime(time, count(kind, account, events, time)).catch((error: unknown) => report.countsLost(account, error)),
        ),
      ),
    );
  };
}
