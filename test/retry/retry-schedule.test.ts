import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRESETS, stagesOf } from "../../lambdas/endpoints/model/preset.ts";
import { nextDueAt, waitsIn } from "../../lambdas/retry/model/retry-schedule.ts";

const DAY_MS = 86_400_000;

const [SECONDS_30, MINUTES_30] = [30_000, 1_800_000];
type Rung = readonly [failures: number, waitMs: number, inAll: string];
/** After which failure a delivery waits how long, and how long all its waits have been by then. By value: the promise is these figures. */
const MAILJET_RUNGS: readonly Rung[] = [
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
const SARBACANE_RUNGS: readonly Rung[] = [
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
  ["standard", stagesOf("standard"), MAILJET_RUNGS],
  ["mailjet", stagesOf("mailjet"), MAILJET_RUNGS],
  ["sarbacane", stagesOf("sarbacane"), SARBACANE_RUNGS],
] as const)("the preset %s", (_, schedule, rungs) => {
  const clockOf = (ms: number) => `${Math.floor(ms / 3_600_000)}:${new Date(ms).toISOString().slice(14, 19)}`;

  it.each(rungs)("waits after failure %i for %i ms: %s in all", (failures, waitMs, inAll) => {
    const now = 1_795_287_970_123;
    expect(nextDueAt(schedule, failures, now)).toBe(now + waitMs);
    let at = 0;
    for (let before = 1; before <= failures; before++) at = nextDueAt(schedule, before, at) ?? Number.NaN;
    expect(clockOf(at)).toBe(inAll);
  });

  it(`ends after ${rungs.length} waits`, () => {
    expect(waitsIn(schedule)).toBe(rungs.length);
    expect(nextDueAt(schedule, rungs.length + 1, 0)).toBeUndefined();
  });
});

it("there is no other preset", () => {
  expect(PRESETS).toEqual(["standard", "mailjet", "sarbacane"]);
});

describe("a delivery that keeps failing", () => {
  const waits = (failures: number) => nextDueAt(stagesOf("standard"), failures, 0);

  it("is never tried before the receiver asked, up to a day, nor earlier than scheduled", () => {
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

  it.each([0, -1, 1.5, Number.NaN])("cannot have failed %s times", (failures) => {
    expect(() => waits(failures)).toThrow(RangeError);
  });
});
