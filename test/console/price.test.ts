import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { dollars, PER_MILLION } from "../../console/src/parts/price.ts";

it("the console's prices are the totals of the page about cost", () => {
  const page = readFileSync(new URL("../../docs/operations/cost.md", import.meta.url), "utf8");
  const [, single, batches] = /\| \*\*total\*\* \| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\* \|/.exec(page) ?? [];
  expect(PER_MILLION).toEqual({ single: Number(single), batches: Number(batches) });
});

it.each([
  [0, "$0.00 – $0.00"],
  [1_000, "< $0.01"],
  [1_000_000, "$0.75 – $2.72"],
  [250_000_000, "$187.50 – $680.00"],
])("%i events cost about %s", (events, text) => {
  expect(dollars(events)).toBe(text);
});
