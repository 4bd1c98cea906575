import { describe, expect, it } from "vitest";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { CounterShards } from "../../lambdas/stats/model/counter-shards.ts";
import { WINDOW_MS } from "../../lambdas/stats/model/counters.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";

const DYNAMODB_UNITS = 1_000; // write units a second for one partition key
const NAME = "events acme";

/** Functions that add to the counters of one account, and the items of the table that they change. */
function functionsOf(count: number) {
  const random = seededRandom(7).next;
  const functions = Array.from({ length: count }, () => new CounterShards(random));
  const items = new Map<string, number>();
  let announced = 1;
  let at = 0;
  return {
    /** @returns the most units that a shard got in the second */
    second(now: number, updates: number, units: number): number {
      const window = Math.floor(now / WINDOW_MS) * WINDOW_MS;
      if (window !== at) {
        at = window;
        announced = 1;
        items.clear();
      }
      const before = new Map(items);
      for (let update = 0; update < updates; update++) {
        const shards = functions[Math.floor(random() * count)];
        if (shards === undefined) continue;
        const chosen = shards.next(NAME, at);
        announced = Math.max(announced, chosen.shards);
        const writes = (items.get(String(chosen.shard)) ?? 0) + 1;
        items.set(String(chosen.shard), writes);
        const known = chosen.shard === 0 ? announced : 1; // only the first shard's item says how many there are
        shards.note(NAME, at, chosen.shard, { writes, units, shards: known }, now + (update / updates) * 1_000);
      }
      return Math.max(...[...items].map(([shard, writes]) => (writes - (before.get(shard) ?? 0)) * units));
    },
    announced: () => announced,
  };
}

describe("the shards of an account's counters", () => {
  it.each([
    [400, 1],
    [1_000, 4],
    [1_250, 4],
    [1_000, 5],
  ])(
    "%i updates a second of %i write units are spread until no key gets more than 70 percent of its limit",
    (updates, units) => {
      const functions = functionsOf(50);
      let most = 0;
      for (let second = 0; second < 330; second++) {
        const units1 = functions.second(WINDOW_MS + second * 1_000, updates, units);
        if (second >= 60) most = Math.max(most, units1);
      }
      expect(most).toBeLessThan(0.7 * DYNAMODB_UNITS);
    },
  );

  it("an account has as many shards as it needs, and not more", () => {
    const functions = functionsOf(50);
    for (let second = 0; second < 290; second++) functions.second(WINDOW_MS + second * 1_000, 500, 1);
    expect(functions.announced()).toBe(2);
  });

  it("an update that takes too long is no sign of a busy shard", () => {
    const shards = new CounterShards(() => 0);
    shards.next(NAME, 0);
    shards.note(NAME, 0, 0, { writes: 100, units: 1, shards: 1 }, 10_000);
    shards.throttled(NAME, 0, false);
    expect(shards.next(NAME, 0).shards).toBe(1);
    shards.note(NAME, 0, 0, { writes: 6_000, units: 1, shards: 1 }, 20_000);
    shards.throttled(NAME, 0, false);
    expect(shards.next(NAME, 0).shards).toBe(2);
  });

  it("a quiet account has one shard", () => {
    const functions = functionsOf(50);
    for (let second = 0; second < 600; second++) functions.second(WINDOW_MS + second * 1_000, 100, 1);
    expect(functions.announced()).toBe(1);
  });

  it("after a burst the shards become fewer, by half with each window", () => {
    const functions = functionsOf(10);
    for (let second = 0; second < 300; second++) functions.second(WINDOW_MS + second * 1_000, 3_000, 1);
    expect(functions.announced()).toBeGreaterThanOrEqual(8);
    for (let second = 300; second < 2_400; second++) functions.second(WINDOW_MS + second * 1_000, 20, 1);
    expect(functions.announced()).toBe(1);
  });

  it("a refused update leads to twice as many shards at once, up to the limit", () => {
    const shards = new CounterShards(() => 0.99);
    expect(shards.next(NAME, 0)).toEqual({ shards: 1, shard: 0 });
    shards.throttled(NAME, 0, true);
    expect(shards.next(NAME, 0)).toEqual({ shards: 2, shard: 1 });
    for (let n = 0; n < 10; n++) shards.throttled(NAME, 0, true);
    expect(shards.next(NAME, 0)).toEqual({ shards: LIMITS.statsShards, shard: LIMITS.statsShards - 1 });
  });
});
