import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gathering, groupSize, halvesOf } from "../../lambdas/retry/model/batching.ts";

const members = fc.array(
  fc.record({ failures: fc.integer({ min: 0, max: 20 }), bytes: fc.integer({ min: 0, max: 5_000 }) }),
  { maxLength: 300 },
);
const limits = fc.record({
  maxEvents: fc.integer({ min: 1, max: 200 }),
  maxBytes: fc.integer({ min: 1_024, max: 10_000 }),
});
const waits = fc.integer({ min: 5, max: 100 });

function groupsOf(all: readonly { failures: number; bytes: number }[], gathering: Gathering<number>) {
  return [...all.flatMap((member, index) => gathering.add(index, member)), ...gathering.rest()];
}

describe("the groups of what waits", () => {
  it("hold everything once, what has failed as often in its order, and no more than they may", () => {
    fc.assert(
      fc.property(members, limits, waits, (all, group, waitsOf) => {
        const groups = groupsOf(all, new Gathering<number>(group, waitsOf));
        expect(groups.flat().toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
        for (const some of groups) {
          const [failures = 0] = some.map((index) => all[index]?.failures);
          expect(some.every((index) => all[index]?.failures === failures)).toBe(true);
          expect(some.toSorted((a, b) => a - b)).toEqual(some);
          expect(some.length).toBeLessThanOrEqual(groupSize(group.maxEvents, failures, waitsOf));
          const bytes = some.reduce((sum, index) => sum + (all[index]?.bytes ?? 0), 0);
          if (some.length > 1) expect(bytes).toBeLessThanOrEqual(group.maxBytes);
        }
      }),
    );
  });

  it("are as few as can be: two that follow each other would not fit into one", () => {
    fc.assert(
      fc.property(members, limits, waits, (all, group, waitsOf) => {
        const fresh = all.map((member) => ({ ...member, failures: 0 }));
        const groups = groupsOf(fresh, new Gathering<number>(group, waitsOf));
        for (const [index, some] of groups.slice(1).entries()) {
          const before = groups[index] ?? [];
          const bytes = [...before, some[0]].reduce((sum, one) => sum + (fresh[one]?.bytes ?? 0), 0);
          expect(before.length === group.maxEvents || bytes > group.maxBytes).toBe(true);
        }
      }),
    );
  });

  it("are of one each where the endpoint asks for none", () => {
    const gathering = new Gathering<string>(undefined, 20);
    expect(["a", "b"].flatMap((one) => gathering.add(one, { failures: 0, bytes: 1_000_000 }))).toEqual([["a"], ["b"]]);
    expect(gathering.rest()).toEqual([]);
  });
});

describe("the size of a group", () => {
  it("is at least halved with each failure, and one at the last", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), waits, (maxEvents, waitsOf) => {
        expect(groupSize(maxEvents, 0, waitsOf)).toBe(maxEvents);
        expect(groupSize(maxEvents, waitsOf, waitsOf)).toBe(1);
        for (let failures = 1; failures <= waitsOf; failures++) {
          const before = groupSize(maxEvents, failures - 1, waitsOf);
          expect(groupSize(maxEvents, failures, waitsOf)).toBeLessThanOrEqual(Math.max(1, before / 2));
        }
      }),
    );
  });

  it("comes down to one within five waits too", () => {
    expect([0, 1, 2, 3, 4, 5].map((failures) => groupSize(100, failures, 5))).toEqual([100, 33, 11, 3, 1, 1]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((failures) => groupSize(100, failures, 20))).toEqual([
      100, 50, 25, 12, 6, 3, 1, 1,
    ]);
  });
});

describe("a group that is too large for its receiver", () => {
  it("has two halves that hold all of it", () => {
    expect(halvesOf([1, 2, 3])).toEqual([[1, 2], [3]]);
    expect(halvesOf([1])).toEqual([]);
  });
});
