import { describe, expect, it } from "vitest";
import { StatsQueryFields, statsView } from "../../lambdas/http/views/stats-views.ts";

describe("counts by type", () => {
  it("stand under each name in every interval, also under what every object is born with", () => {
    const names = ["__proto__", "constructor", "toString", "open"];
    const counts = Object.fromEntries(names.map((name) => [`type#${name}`, 2]));
    const query = StatsQueryFields.parse({ by: "type" });
    const intervals = [
      { at: 0, counts: {} },
      { at: 3_600_000, counts },
    ];
    const { data } = statsView(query, { from: 0, to: 7_200_000, intervals });
    const told = data.map((interval) => new Map(Object.entries(interval.counts)));
    for (const name of names) expect(told.map((one) => one.get(name))).toEqual([0, 2]);
  });
});
