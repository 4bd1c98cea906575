import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupBuilder, groupSize, halvesOf } from "../../lambdas/retry/model/batching.ts";

const members = fc.array(
  fc.record({ failures: fc.integer({ min: 0, max: 20 }), bytes: fc.integer({ min: 0, max: 5_000 }) }),
  { maxLength: 300 },
);
const limits = fc.record({
  maxEvents: fc.integer({ min: 1, max: 200 }),
  maxBytes: fc.integer({ min: 1_024, max: 10_000 }),
});
const waits = fc.integer({ min: 1, max: 100 });

function groupsOf(all: readonly { failures: number; bytes: number }[], gathering: GroupBuilder<number>) {
  return [...all.flatMap((member, index) => gathering.add(index, member)), ...gathering.rest()];
}

describe("groups of pending deliveries", () => {
  it("groups hold every delivery once, in order per number of failures, and within the limits", () => {
    fc.assert(
      fc.property(members, limits, waits, (all, group, waitsOf) => {
        const groups = groupsOf(all, new GroupBuilder<number>(group, waitsOf));
        expect(groups.flat().toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
        for (const indexes of groups) {
          const [failures = 0] = indexes.map((index) => all[index]?.failures);
          expect(indexes.every((index) => all[index]?.failures === failures)).toBe(true);
          expect(indexes.toSorted((a, b) => a - b)).toEqual(indexes);
          expect(indexes.length).toBeLessThanOrEqual(groupSize(group.maxEvents, failures, waitsOf));
          const bytes = indexes.reduce((sum, index) => sum + (all[index]?.bytes ?? 0), 0);
          if (indexes.length > 1) expect(bytes).toBeLessThanOrEqual(group.maxBytes);
        }
      }),
    );
  });

  it("groups are as few as possible: the first member of a group does not fit into the group before", () => {
    fc.assert(
      fc.property(members, limits, waits, (all, group, waitsOf) => {
        const fresh = all.map((member) => ({ ...member, failures: 0 }));
        const groups = groupsOf(fresh, new GroupBuilder<number>(group, waitsOf));
        for (const [position, following] of groups.slice(1).entries()) {
          const before = groups[position] ?? [];
          const bytes = [...before, following[0]].reduce((sum, index) => sum + (fresh[index]?.bytes ?? 0), 0);
          expect(before.length === group.maxEvents || bytes > group.maxBytes).toBe(true);
        }
      }),
    );
  });

  it("every delivery is its own group if the endpoint is not grouped", () => {
    const gathering = new GroupBuilder<string>(undefined, 20);
    expect(["a", "b"].flatMap((event) => gathering.add(event, { failures: 0, bytes: 1_000_000 }))).toEqual([
      ["a"],
      ["b"],
    ]);
    expect(gathering.rest()).toEqual([]);
  });
});

describe("the size of a group", () => {
  it("the size of a group is at least halved with each failure and ends at one", () => {
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

  it("the size of a group reaches one within a schedule of five waits", () => {
    expect([0, 1, 2, 3, 4, 5].map((failures) => groupSize(100, failures, 5))).toEqual([100, 33, 11, 3, 1, 1]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((failures) => groupSize(100, failures, 20))).toEqual([
      100, 50, 25, 12, 6, 3, 1, 1,
    ]);
  });
});

describe("a group that is too large for its receiver", () => {
  it("a group that is too large is split into two halves", () => {
    expect(halvesOf([1, 2, 3])).toEqual([[1, 2], [3]]);
    expect(halvesOf([1])).toEqual([]);
  });
});

it("events that Rappel has delivered before are in groups of their own: a receiver counts a whole group's hops", () => {
  const builder = new GroupBuilder<string>({ maxEvents: 10, maxBytes: 1_000 }, 5);
  for (const [member, hops] of [
    ["a", 0],
    ["b", 1],
    ["c", 0],
    ["d", 1],
  ] as const)
    expect(builder.add(member, { failures: 0, bytes: 1, hops })).toEqual([]);
  expect(builder.rest()).toEqual([
    ["a", "c"],
    ["b", "d"],
  ]);
});
