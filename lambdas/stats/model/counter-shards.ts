import { LIMITS } from "../../shared/limits.ts";

/** What one update of a window's counters has shown. */
export interface Observed {
  /** Updates of the shard's item in this window so far, by all functions. */
  readonly writes: number;
  /** Write units that one update of the item costs. */
  readonly units: number;
  /** How many shards the window has, as far as the item says. */
  readonly shards: number;
}

/** What is known of an account's counters. */
interface Known {
  readonly at: number;
  readonly shards: number;
  /** Write units per second that a shard got, as last seen. */
  readonly unitsPerSecond: number;
  /** From where the rate of each shard is measured: how often it was updated at a time since the shards are so many. */
  readonly from: ReadonlyMap<number, { readonly writes: number; readonly at: number }>;
  /** Counts the updates, so that they take turns. */
  readonly turn: number;
}

const SECOND_MS = 1_000;
const SECONDS_MIN = 10; // ours: a burst at the start of a window is no rate

/**
 * Decides to which shard of its counters a function adds. DynamoDB takes 1,000 write units a second for one partition key.
 * An account starts with one shard, and gets twice as many when one of them is updated more often than a third of that.
 */
export class CounterShards {
  readonly #known = new Map<string, Known>();
  readonly #random: () => number;

  /** @param random 0 (included) to 1 (excluded) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param at the start of the window, epoch ms @returns the next update's shard, and how many the window has */
  next(counters: string, at: number): { readonly shard: number; readonly shards: number } {
    const { shards, turn, ...known } = this.#of(counters, at);
    this.#known.set(counters, { ...known, shards, turn: turn + 1 });
    return { shard: turn % shards, shards };
  }

  /** Notes what an update of a shard has shown. */
  note(counters: string, at: number, shard: number, { writes, units, shards }: Observed, now: number): void {
    const known = this.#of(counters, at);
    const from = known.from.get(shard) ?? { writes, at: now };
    const seconds = Math.max(SECONDS_MIN, (now - from.at) / SECOND_MS);
    const unitsPerSecond = ((writes - from.writes) * units) / seconds;
    const noted = { ...known, unitsPerSecond, from: new Map([...known.from, [shard, from]]) };
    this.#spread(
      counters,
      noted,
      unitsPerSecond > LIMITS.statsShardUnits ? Math.max(shards, known.shards * 2) : shards,
    );
  }

  /**
   * Notes that the table refused an update because the shard had too many.
   * @param isCertain whether it said so; otherwise it took too long, which has other causes if the shard is not busy
   */
  throttled(counters: string, at: number, isCertain: boolean): void {
    const known = this.#of(counters, at);
    if (isCertain || known.unitsPerSecond > LIMITS.statsShardUnits / 3)
      this.#spread(counters, { ...known, unitsPerSecond: LIMITS.statsShardUnits }, known.shards * 2);
  }

  /** Drops what is known of earlier windows. */
  forgetBefore(at: number): void {
    for (const [counters, known] of this.#known) if (known.at < at) this.#known.delete(counters);
  }

  #of(counters: string, at: number): Known {
    const before = this.#known.get(counters);
    if (before?.at === at) return before;
    const isQuiet = before !== undefined && before.unitsPerSecond < LIMITS.statsShardUnits / 4;
    const shards = Math.max(1, Math.floor((before?.shards ?? 1) / (isQuiet ? 2 : 1)));
    // A window with one shard is measured from its start, so that a function that is new sees the rate at once.
    const from = new Map(shards === 1 ? [[0, { writes: 0, at }]] : []);
    return { at, shards, unitsPerSecond: 0, from, turn: this.#start() };
  }

  #spread(counters: string, known: Known, wanted: number): void {
    const shards = Math.min(LIMITS.statsShards, Math.max(known.shards, wanted));
    if (shards === known.shards) this.#known.set(counters, known);
    else this.#known.set(counters, { ...known, shards, from: new Map(), turn: this.#start() });
  }

  /** By chance, so that functions do not all begin with the same shard. */
  #start(): number {
    return Math.floor(this.#random() * LIMITS.statsShards);
  }
}
