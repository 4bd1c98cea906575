import { describe, expect, it } from "vitest";
import { StatsQueryFields, statsView } from "../../lambdas/http/views/stats-views.ts";

describe("counts by type", () => {
  it("every interval has every type, also types named like built-in properties", () => {
    const names = ["__proto__", "constructor", "toString", "open"];
    const counts = Object.fromEntries(names.map((name) => [`type#${name}`, 2]));
    const query = StatsQueryFields.parse({ by: "type" });
    const intervals = [
      { at: 0, counts: {} },
      { at: 3_600_000, counts },
    ];
    const { data } = statsView(query, { from: 0, to: 7_200_000, intervals });
    const counted = data.map(({ counts }) => new Map(Object.entries(counts)));
    for (const name of names) expect(counted.map((interval) => interval.get(name))).toEqual([0, 2]);
  });
});
