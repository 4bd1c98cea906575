import type { LoggedEvent } from "../core/delivery.ts";
import { bounded, countsOf, STATS_KINDS, type StatsKind, subjectsOf, windowAt } from "../core/stats.ts";
import type { Clock, Log, Stats } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly stats: Stats;
  readonly report: Pick<Log, "countsLost">;
}

/** Adds what a batch has logged to its accounts' counters. */
export type CountEvents = (logged: readonly LoggedEvent[]) => Promise<void>;

/**
 * Counts a batch's events: one update for each account, and one more where some tell of e-mails. They are approximate: an
 * event is counted when it is logged for the first time, and what could not be added is reported, never tried again.
 */
export function eventCounter({ clock, stats, report }: World): CountEvents {
  /** What this window holds names of, as far as is known here: there is room for so many. */
  let known = { at: 0, subjects: new Map<string, readonly string[]>() };

  async function count(kind: StatsKind, account: string, events: readonly LoggedEvent[]): Promise<void> {
    const at = windowAt(clock.now());
    if (known.at !== at) known = { at, subjects: new Map() };
    const { subjects } = known;
    const counts = bounded(kind, countsOf(kind, events), subjects.get(`${kind} ${account}`) ?? []);
    if (Object.keys(counts).length === 0) return;
    const keptUntil = Math.max(...events.map((event) => event.keptUntil));
    const held = await stats.add(kind, account, { at, counts }, keptUntil);
    subjects.set(`${kind} ${account}`, subjectsOf(held));
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
