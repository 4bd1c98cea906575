import type { LoggedEvent } from "../delivery/model/delivery.ts";
import type { Log } from "../ports/operations.ts";
import { alertOnFailureRate, type FailureRatePorts } from "./alert-on-failure-rate.ts";
import { additionTo, type Counts, countsOf, STATS_KINDS, type StatsKind, windowAt } from "./model/counters.ts";

interface World extends FailureRatePorts {
  readonly report: Pick<Log, "countsLost">;
}

/** Adds what a batch has logged to its accounts' counters. */
export type CountEvents = (logged: readonly LoggedEvent[]) => Promise<void>;

/**
 * Counts a batch's events: one update for each account, and one more where some tell of e-mails, of whose shares the account
 * is told where they call for it. Counts are approximate: an
 * event is counted when it is logged for the first time, and what could not be added is reported, never tried again.
 */
export function eventCounter(world: World): CountEvents {
  const { clock, stats, report } = world;
  /** What this window holds, as far as is known here: there is room for so many names. */
  let known = { at: 0, held: new Map<string, Counts>() };

  async function count(kind: StatsKind, account: string, events: readonly LoggedEvent[]): Promise<void> {
    const at = windowAt(clock.now());
    if (known.at !== at) known = { at, held: new Map() };
    const { held } = known;
    const addition = additionTo(kind, countsOf(kind, events), held.get(`${kind} ${account}`) ?? {});
    if (Object.keys(addition.counts).length === 0) return;
    const keptMs = Math.max(...events.map(({ keptUntil, acceptedAt }) => keptUntil - acceptedAt));
    held.set(`${kind} ${account}`, await stats.add(kind, account, { at, ...addition }, at + keptMs));
    // Also where all of these arrived: they may make enough of those before, or fewer.
    if (kind === "emails") await alertOnFailureRate(world, account);
  }

  return async (logged) => {
    const byAccount = [...Map.groupBy(logged, ({ account }) => account)];
    await Promise.all(
      byAccount.flatMap(([account, events]) =>
        STATS_KINDS.map((kind) =>
          count(kind, account, events).catch((error: unknown) => report.countsLost(account, error)),
        ),
      ),
    );
  };
}
