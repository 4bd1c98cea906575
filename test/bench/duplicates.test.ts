import { describe, expect, it } from "vitest";
import { duplicatesIn } from "../../bench/duplicates.ts";

const KILLED_AT = [10_000, 60_000];
const arrivedAt = (...times: number[]) => new Map([["evt_1", times]]);
const explain = (...takenAt: number[]) => duplicatesIn(arrivedAt(...takenAt), KILLED_AT, 5_000, new Map());

describe("events that arrived more than once", () => {
  it.each([
    ["just before a kill, and after it", [9_900, 12_000], 100],
    ["in flight during a kill, and after it", [10_040, 12_000], 0],
    ["before two kills, and after them", [9_990, 59_000, 63_000], 1_000],
  ])("an event is explained by a kill if it arrived %s", (_, takenAt, beforeKillMs) => {
    expect(explain(...takenAt)).toEqual([{ id: "evt_1", arrivedAt: takenAt, beforeKillMs, mayBeQueuedTwice: false }]);
  });

  it.each([
    ["long before a kill", [4_000, 12_000]],
    ["twice after a kill", [12_000, 13_000]],
    ["twice before a kill", [9_800, 9_900]],
    ["before a kill, and twice after it", [9_900, 12_000, 13_000]],
  ])("an event is not explained by a kill if it arrived %s", (_, takenAt) => {
    expect(explain(...takenAt)).toEqual([
      { id: "evt_1", arrivedAt: takenAt, beforeKillMs: undefined, mayBeQueuedTwice: false },
    ]);
  });

  it.each([
    [2_999, false],
    [3_000, true],
  ])("an event may be queued twice if its 202 took %i ms: %s", (answerMs, mayBeQueuedTwice) => {
    const [duplicate] = duplicatesIn(arrivedAt(12_000, 12_200), KILLED_AT, 5_000, new Map([["evt_1", answerMs]]));
    expect(duplicate).toMatchObject({ mayBeQueuedTwice });
  });

  it("an event that arrived once is not a duplicate", () => {
    expect(explain(9_900)).toEqual([]);
  });
});
