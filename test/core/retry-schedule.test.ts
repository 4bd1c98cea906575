import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDueAt, PRESETS, waitsIn } from "../../lambdas/core/retry-schedule.ts";

const DAY_MS = 86_400_000;

describe("a delivery that keeps failing", () => {
  const waits = (failures: number) => nextDueAt(PRESETS.standard, failures, 0);

  it("waits 30 s after each of the first ten failures", () => {
    for (let failures = 1; failures <= 10; failures++) expect(waits(failures)).toBe(30_000);
  });

  it("waits 30 min after each of the next ten", () => {
    for (let failures = 11; failures <= 20; failures++) expect(waits(failures)).toBe(1_800_000);
  });

  it("has no next attempt after the twentieth retry", () => {
    expect(waits(21)).toBeUndefined();
    expect(waitsIn(PRESETS.standard)).toBe(20);
  });

  it("of the preset sarbacane has ten further attempts", () => {
    expect(nextDueAt(PRESETS.sarbacane, 10, 0)).toBe(1_800_000);
    expect(nextDueAt(PRESETS.sarbacane, 11, 0)).toBeUndefined();
  });

  it("is never tried before the receiver asked, up to a day, nor earlier than scheduled", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.nat(),
        (failures, askedMs, now) => {
          const dueAt = nextDueAt(PRESETS.standard, failures, now, askedMs) ?? Number.NaN;
          const scheduled = nextDueAt(PRESETS.standard, failures, now) ?? Number.NaN;
          return (
            dueAt >= scheduled &&
            dueAt >= now + Math.min(askedMs, DAY_MS) &&
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
