import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRESETS, stagesOf } from "../../lambdas/endpoints/model/preset.ts";
import { nextDueAt, waitsIn } from "../../lambdas/retry/model/retry-schedule.ts";

const DAY_MS = 86_400_000;

const [SECONDS_30, MINUTES_30] = [30_000, 1_800_000];
type Wait = readonly [failures: number, waitMs: number, inAll: string];
/** The wait after each failure, and the sum of all waits up to it. Written as values, because they are documented. */
const MAILJET_WAITS: readonly Wait[] = [
  [1, SECONDS_30, "0:00:30"],
  [2, SECONDS_30, "0:01:00"],
  [3, SECONDS_30, "0:01:30"],
  [4, SECONDS_30, "0:02:00"],
  [5, SECONDS_30, "0:02:30"],
  [6, SECONDS_30, "0:03:00"],
  [7, SECONDS_30, "0:03:30"],
  [8, SECONDS_30, "0:04:00"],
  [9, SECONDS_30, "0:04:30"],
  [10, SECONDS_30, "0:05:00"],
  [11, MINUTES_30, "0:35:00"],
  [12, MINUTES_30, "1:05:00"],
  [13, MINUTES_30, "1:35:00"],
  [14, MINUTES_30, "2:05:00"],
  [15, MINUTES_30, "2:35:00"],
  [16, MINUTES_30, "3:05:00"],
  [17, MINUTES_30, "3:35:00"],
  [18, MINUTES_30, "4:05:00"],
  [19, MINUTES_30, "4:35:00"],
  [20, MINUTES_30, "5:05:00"],
];
const SARBACANE_WAITS: readonly Wait[] = [
  [1, MINUTES_30, "0:30:00"],
  [2, MINUTES_30, "1:00:00"],
  [3, MINUTES_30, "1:30:00"],
  [4, MINUTES_30, "2:00:00"],
  [5, MINUTES_30, "2:30:00"],
  [6, MINUTES_30, "3:00:00"],
  [7, MINUTES_30, "3:30:00"],
  [8, MINUTES_30, "4:00:00"],
  [9, MINUTES_30, "4:30:00"],
  [10, MINUTES_30, "5:00:00"],
];

describe.each([
  ["standard", stagesOf("standard"), MAILJET_WAITS],
  ["mailjet", stagesOf("mailjet"), MAILJET_WAITS],
  ["sarbacane", stagesOf("sarbacane"), SARBACANE_WAITS],
] as const)("the preset %s", (_, schedule, expected) => {
  const clockOf = (ms: number) => `${Math.floor(ms / 3_600_000)}:${new Date(ms).toISOString().slice(14, 19)}`;

  it.each(expected)("waits after failure %i for %i ms, in total %s", (failures, waitMs, inAll) => {
    const now = 1_795_287_970_123;
    expect(nextDueAt(schedule, failures, now)).toBe(now + waitMs);
    let at = 0;
    for (let before = 1; before <= failures; before++) at = nextDueAt(schedule, before, at) ?? Number.NaN;
    expect(clockOf(at)).toBe(inAll);
  });

  it(`ends after ${expected.length} waits`, () => {
    expect(waitsIn(schedule)).toBe(expected.length);
    expect(nextDueAt(schedule, expected.length + 1, 0)).toBeUndefined();
  });
});

it("the presets are standard, mailjet and sarbacane", () => {
  expect(PRESETS).toEqual(["standard", "mailjet", "sarbacane"]);
});

describe("a delivery that keeps failing", () => {
  const waits = (failures: number) => nextDueAt(stagesOf("standard"), failures, 0);

  it("the next attempt is never earlier than the schedule, nor than Retry-After up to a day", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.nat(),
        (failures, retryAfterMs, now) => {
          const dueAt = nextDueAt(stagesOf("standard"), failures, now, retryAfterMs) ?? Number.NaN;
          const scheduled = nextDueAt(stagesOf("standard"), failures, now) ?? Number.NaN;
          return (
            dueAt >= scheduled &&
            dueAt >= now + Math.min(retryAfterMs, DAY_MS) &&
            dueAt <= now + Math.max(DAY_MS, scheduled - now)
          );
        },
      ),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("nextDueAt throws a RangeError for %s failures", (failures) => {
    expect(() => waits(failures)).toThrow(RangeError);
  });
});
