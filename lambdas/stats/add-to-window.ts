import type { Clock, Random } from "../ports/clock.ts";
import type { Stats } from "../ports/stats.ts";
import { CounterShards } from "./model/counter-shards.ts";
import { type Addition, type StatsKind, WINDOW_MS, windowAt } from "./model/counters.ts";
import type { Counts } from "./model/counts.ts";

/** What to add, and for how long the window is kept. */
interface WindowAddition {
  /** @param held the counts that this function last read of the item */
  readonly additionTo: (held: Counts) => Addition;
  readonly keptMs: number;
  /** When it is over, the update is given up. */
  readonly time: AbortSignal;
}

/** Adds counts to an account's current window. */
export type AddToWindow = (kind: StatsKind, account: string, addition: WindowAddition) => Promise<void>;

export interface AddingPorts {
  readonly clock: Clock;
  readonly random: Pick<Random, "next">;
  readonly stats: Stats;
}

export function windowAdder({ clock, random, stats }: AddingPorts): AddToWindow {
  const shards = new CounterShards(random.next);
  /** The current window's counts by item, and the shards that were announced there. */
  let known = { at: 0, held: new Map<string, Counts>(), announced: new Map<string, number>() };

  return async (kind, account, { additionTo, keptMs, time }) => {
    const at = windowAt(clock.now());
    if (known.at !== at) {
      shards.forgetBefore(at - WINDOW_MS);
      known = { at, held: new Map(), announced: new Map() };
    }
    const { held, announced } = known;
    const counters = `${kind} ${account}`;
    const chosen = shards.next(counters, at);
    const item = `${counters} ${chosen.shard}`;
    const addition = additionTo(held.get(item) ?? {});
    if (Object.keys(addition.counts).length === 0) return;
    const keptUntil = at + keptMs;
    // Announced first: a reader that does not know of the shard would miss its counts.
    if (chosen.shards > (announced.get(counters) ?? 1)) {
      await stats.announceShards(kind, account, { at, shards: chosen.shards }, keptUntil, time);
      announced.set(counters, chosen.shards);
    }
    try {
      const window = { at, shard: chosen.shard, ...addition };
      const { counts, ...observed } = await stats.add(kind, account, window, keptUntil, time);
      held.set(item, counts);
      shards.note(counters, at, chosen.shard, observed, clock.now());
    } catch (error) {
      // The SDK repeats a refused update until its time is over, so a busy item's updates end in either way.
      const name = error instanceof Error ? error.name : "";
      const isRefused = /Throttl|ThroughputExceeded|RequestLimit/.test(name);
      if (isRefused || /Abort|Timeout/.test(name)) shards.throttled(counters, at, isRefused);
      throw error;
    }
  };
}
