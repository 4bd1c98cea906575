import { expect, it } from "vitest";
import { extractTypes } from "../../local/package/types.ts";

it("the checked-in reports are those of today's public types, so that a change of them is seen in review", () => {
  expect(extractTypes({ reports: "check" })).toEqual([]);
});
