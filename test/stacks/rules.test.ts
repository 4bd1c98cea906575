import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { afterAll, describe, expect, inject, it } from "vitest";
import { buildApp } from "../../lib/app.ts";
import { FUNCTIONS } from "../../lib/constructs/function-names.ts";
import { readContext } from "../../lib/context.ts";
import { STACKS, templateOf } from "./template.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-rules-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reportOf(outdir: string): string {
  return readFileSync(join(outdir, "validation-report.json"), "utf8");
}

describe("cdk-nag and CloudFormation's schemas", () => {
  it("the rules find nothing in prod", () => {
    expect(JSON.parse(reportOf(inject("assemblies").prod)).pluginReports).toEqual([]);
  });

  it("the synthesis fails if a rule is broken: an unencrypted queue, a negative timeout", {
    timeout: 300_000,
  }, async () => {
    const lambdasDir = join(folder, "lambdas");
    mkdirSync(lambdasDir);
    for (const name of FUNCTIONS) writeFileSync(join(lambdasDir, `${name}.ts`), "export const handler = () => {};");
    const outdir = join(folder, "broken");
    const app = await buildApp({ context: readContext(), stage: "prod", outdir, lambdasDir });
    for (const construct of app.node.findAll()) {
      if (!(construct instanceof CfnQueue)) continue;
      construct.sqsManagedSseEnabled = false;
      if (construct.visibilityTimeout !== undefined) construct.visibilityTimeout = -1;
    }
    expect(() => app.synth()).toThrow();
    expect(reportOf(outdir)).toContain("AwsSolutions-SQS2");
    expect(reportOf(outdir)).toContain("VisibilityTimeout: -1 is less than the minimum");
  });

  it("no template contains a path of the build machine", () => {
    for (const stack of STACKS) {
      const text = JSON.stringify(templateOf(stack));
      expect(text).not.toContain(process.cwd());
      expect(text).not.toContain(tmpdir());
    }
  });
});
