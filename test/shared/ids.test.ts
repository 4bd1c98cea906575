import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  eventIdFrom,
  ID,
  idTime,
  lowestId,
  newId,
  SHARD_COUNTS,
  SHARDS_MIN,
  shardOf,
} from "../../lambdas/shared/ids.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";

const instant = fc.integer({ min: 1, max: 2 ** 48 - 1 });

describe("ids", () => {
  it("an id contains the time of its creation", () => {
    fc.assert(fc.property(instant, fc.nat(), (at, seed) => idTime(newId("evt", at, seededRandom(seed).next)) === at));
  });

  it("ids sort by time", () => {
    fc.assert(
      fc.property(instant, instant, fc.nat(), (a, b, seed) => {
        const { next: random } = seededRandom(seed);
        return a === b || a < b === newId("evt", a, random) < newId("evt", b, random);
      }),
    );
  });

  it("an id has no dot, which would break the signed content", () => {
    fc.assert(fc.property(instant, fc.nat(), (at, seed) => ID.evt.test(newId("evt", at, seededRandom(seed).next))));
  });

  it("the ids of one request sort in its order, whatever its seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), fc.string(), (at, seed) => {
        const ids = Array.from({ length: 500 }, (_, place) => eventIdFrom(at, place, seed));
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(500);
        for (const id of [ids[0] ?? "", ids[499] ?? ""]) {
          expect(id).toMatch(ID.evt);
          expect(idTime(id)).toBe(at);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each(SHARD_COUNTS)("the events of requests are spread over all of %i shards, and over no others", (count) => {
    const shards = Array.from({ length: 100 * count }, (_, n) =>
      shardOf(eventIdFrom(1_000, n % 500, `seed ${Math.floor(n / 500)}`, count)),
    );
    for (let shard = 0; shard < count; shard++)
      expect(shards.filter((other) => other === shard).length).toBeGreaterThan(50);
    expect(Math.max(...shards)).toBe(count - 1);
  });

  it("ids are spread over all shards", () => {
    const { next: random } = seededRandom(1);
    const shards = Array.from({ length: 800 }, () => shardOf(newId("evt", 1_000, random)));
    expect(Math.max(...shards)).toBe(SHARDS_MIN - 1);
    for (let shard = 0; shard < SHARDS_MIN; shard++)
      expect(shards.filter((other) => other === shard).length).toBeGreaterThan(50);
  });

  it("an id is between the lowest id of its time and that of the next millisecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), fc.nat(), (at, seed) => {
        const id = newId("evt", at, seededRandom(seed).next);
        return lowestId(at) <= id && id < lowestId(at + 1);
      }),
    );
  });

  it("the lowest id of 1970 is below every id", () => {
    expect(lowestId(0)).toBe("evt_0000000000");
  });
});
