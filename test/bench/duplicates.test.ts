import { describe, expect, it } from "vitest";
import { duplicatesIn } from "../../bench/duplicates.ts";

const KILLED_AT = [10_000, 60_000];
const taken = (...arrivedAt: number[]) => new Map([["evt_1", arrivedAt]]);
const explain = (...arrivedAt: number[]) => duplicatesIn(taken(...arrivedAt), KILLED_AT, 5_000, new Map());

describe("an event that came more than once", () => {
  it.each([
    ["just before a kill, and after it", [9_900, 12_000], 100],
    ["on its way while the sender was killed, and after", [10_040, 12_000], 0],
    ["before two kills, and after them", [9_990, 59_000, 63_000], 1_000],
  ])("is explained when it came %s", (_, arrivedAt, beforeKillMs) => {
    expect(explain(...arrivedAt)).toEqual([{ id: "evt_1", arrivedAt, beforeKillMs, mayBeQueuedTwice: false }]);
  });

  it.each([
    ["long before a kill", [4_000, 12_000]],
    ["twice after a kill", [12_000, 13_000]],
    ["twice before a kill", [9_800, 9_900]],
    ["before a kill, and twice after it", [9_900, 12_000, 13_000]],
  ])("is not explained when it came %s", (_, arrivedAt) => {
    expect(explain(...arrivedAt)).toEqual([
      { id: "evt_1", arrivedAt, beforeKillMs: undefined, mayBeQueuedTwice: false },
    ]);
  });

  it.each([
    [2_999, false],
    [3_000, true],
  ])("may be two copies in the queue when its 202 took %i ms: %s", (answerMs, mayBeQueuedTwice) => {
    const [duplicate] = duplicatesIn(taken(12_000, 12_200), KILLED_AT, 5_000, new Map([["evt_1", answerMs]]));
    expect(duplicate).toMatchObject({ mayBeQueuedTwice });
  });

  it("is told from one that came once", () => {
    expect(explain(9_900)).toEqual([]);
  });
});
