import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const checkout = mkdtempSync(join(tmpdir(), "rappel-another-checkout-"));
beforeAll(() => {
  for (const part of ["bin", "client", "console", "lib", "lambdas", "cdk.json", "package.json", "tsconfig.json"])
    cpSync(part, join(checkout, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(checkout, "node_modules"));
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

/** The templates and asset hashes that `cdk deploy` compares with the deployed ones, as one text each. */
function synthesised(folder: string): Record<string, string> {
  const outdir = join(mkdtempSync(join(checkout, "out-")), "cdk.out");
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ stage: "prod" }),
    CDK_VALIDATION: "false",
  };
  execFileSync(process.execPath, ["bin/app.ts"], { cwd: folder, env });
  const files = readdirSync(outdir).filter((name) => name.endsWith(".template.json"));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(outdir, name), "utf8")]));
}

describe("an unchanged source tree", () => {
  it("an unchanged source tree gives the same templates and bundles in any folder, so that cdk diff is empty", {
    timeout: 900_000,
  }, () => {
    const here = synthesised(".");
    expect(Object.keys(here)).toHaveLength(4);
    expect(here["rappel-prod-delivery.template.json"]).toMatch(/"S3Key": "[0-9a-f]{64}\.zip"/);
    expect(synthesised(checkout)).toEqual(here);
  });
});
