import { describe, expect, it } from "vitest";
import { groupsOf, latenciesMs, mostWithin, quantile } from "../../bench/arrivals.ts";

describe("what a bench says of arrivals", () => {
  it("is the time that 99 of 100 took, or less", () => {
    const measured = Array.from({ length: 1_000 }, (_, n) => 1_000 - n);
    expect([quantile(measured, 0.5), quantile(measured, 0.99)]).toEqual([501, 991]);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it("counts the time from the sending to the first arrival, of what arrived", () => {
    const sent = new Map([
      ["a", 100],
      ["b", 200],
      ["lost", 200],
    ]);
    const taken = new Map([
      ["a", [130, 900]],
      ["b", [260]],
    ]);
    expect(latenciesMs(sent, taken)).toEqual([30, 60]);
    expect(latenciesMs(sent, taken, (sentAt) => sentAt > 100)).toEqual([60]);
  });

  it("tells one round's attempts from the next's", () => {
    expect(groupsOf([12_010, 0, 5, 12_000, 24_000], 4_000)).toEqual([[0, 5], [12_000, 12_010], [24_000]]);
    expect(groupsOf([], 4_000)).toEqual([]);
  });

  it("finds the busiest second, wherever it begins", () => {
    expect(mostWithin([0, 900, 950, 1_100, 1_899, 1_900], 1_000)).toBe(4);
    expect(mostWithin([0, 1_000, 2_000], 1_000)).toBe(1);
    expect(mostWithin([], 1_000)).toBe(0);
  });
});
