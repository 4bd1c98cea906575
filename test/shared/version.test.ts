import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../lambdas/shared/version.ts";

describe("the version", () => {
  it("is the version in package.json", () => {
    expect(JSON.parse(readFileSync("package.json", "utf8"))).toMatchObject({ version: VERSION });
  });
});
