import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PER_MILLION } from "../../console/src/parts/price.ts";

it("the console's prices are the totals of the page about cost", () => {
  const page = readFileSync(new URL("../../docs/operations/cost.md", import.meta.url), "utf8");
  const [, single, batches] = /\| \*\*total\*\* \| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\* \|/.exec(page) ?? [];
  expect(PER_MILLION).toEqual({ single: Number(single), batches: Number(batches) });
});
