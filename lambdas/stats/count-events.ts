import type { LoggedEvent } from "../delivery/model/delivery.ts";
import type { Log } from "../ports/operations.ts";
import { bestEffortTime, inTime } from "../shared/best-effort.ts";
import { alertOnFailureRate, type FailureRatePorts } from "./alert-on-failure-rate.ts";
import { additionTo, countsOf, STATS_KINDS, type StatsKind, windowAt } from "./model/counters.ts";
import type { Counts } from "./model/counts.ts";

interface Ports extends FailureRatePorts {
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
  const { clock, stats, report } = ports;
  /** The current window's counts, as this function last read them, to decide which names it has room for. */
  let known = { at: 0, held: new Map<string, Counts>() };

  async function count(
    kind: StatsKind,
    account: string,
    events: readonly LoggedEvent[],
    time: AbortSignal,
  ): Promise<void> {
    const at = windowAt(clock.now());
    if (known.at !== at) known = { at, held: new Map() };
    const { held } = known;
    const addition = additionTo(kind, countsOf(kind, events), held.get(`${kind} ${account}`) ?? {});
    if (Object.keys(addition.counts).length === 0) return;
    const keptMs = Math.max(...events.map(({ keptUntil, acceptedAt }) => keptUntil - acceptedAt));
    held.set(`${kind} ${account}`, await stats.add(kind, account, { at, ...addition }, at + keptMs, time));
    // Even if all of these were delivered: the number of e-mails or the rate has changed.
    if (kind === "emails") await alertOnFailureRate(ports, account, time);
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
