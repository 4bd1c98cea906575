import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ENTRIES } from "../../local/package/entries.ts";
import { packageJson } from "../../local/package/package-json.ts";

describe("package.json, as users of the npm package see it", () => {
  it("exports has each entry with its types, and nothing else", () => {
    const entries = ENTRIES.map(({ name, subpath }) => [
      subpath,
      { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
    ]);
    expect(packageJson().exports).toEqual({ ...Object.fromEntries(entries), "./package.json": "./package.json" });
  });

  it("the types of each entry are built, and have a checked-in report", () => {
    const { include } = z
      .object({ include: z.array(z.string()) })
      .parse(JSON.parse(readFileSync("tsconfig.package.json", "utf8")));
    expect(include).toEqual(expect.arrayContaining(ENTRIES.map(({ source }) => source)));
    expect(ENTRIES.filter(({ name }) => !existsSync(`api-report/${name}.api.md`))).toEqual([]);
  });

  it("an install brings no package: all code is bundled, and the CDK is the user's own", () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packageJson();
    expect({ ...dependencies, ...optionalDependencies }).toEqual({});
    expect(Object.keys(peerDependencies ?? {})).toEqual(["aws-cdk-lib", "constructs"]);
    // Who imports only the client needs no CDK.
    for (const name of Object.keys(peerDependencies ?? {})) expect(peerDependenciesMeta?.[name]?.optional).toBe(true);
  });
});
