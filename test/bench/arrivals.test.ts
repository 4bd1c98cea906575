import { describe, expect, it } from "vitest";
import { groupsOf, latenciesMs, mostWithin, quantile } from "../../bench/arrivals.ts";

describe("arrivals in a benchmark", () => {
  it("quantile gives the value that 50 or 99 of 100 do not exceed", () => {
    const measured = Array.from({ length: 1_000 }, (_, n) => 1_000 - n);
    expect([quantile(measured, 0.5), quantile(measured, 0.99)]).toEqual([501, 991]);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it("latencies count from sending to the first arrival, without lost events", () => {
    const sent = new Map([
      ["a", 100],
      ["b", 200],
      ["lost", 200],
    ]);
    const arrivals = new Map([
      ["a", [130, 900]],
      ["b", [260]],
    ]);
    expect(latenciesMs(sent, arrivals)).toEqual([30, 60]);
    expect(latenciesMs(sent, arrivals, (sentAt) => sentAt > 100)).toEqual([60]);
  });

  it("arrivals are grouped into rounds by the gaps between them", () => {
    expect(groupsOf([12_010, 0, 5, 12_000, 24_000], 4_000)).toEqual([[0, 5], [12_000, 12_010], [24_000]]);
    expect(groupsOf([], 4_000)).toEqual([]);
  });

  it("the busiest second is found at any offset", () => {
    expect(mostWithin([0, 900, 950, 1_100, 1_899, 1_900], 1_000)).toBe(4);
    expect(mostWithin([0, 1_000, 2_000], 1_000)).toBe(1);
    expect(mostWithin([], 1_000)).toBe(0);
  });
});
