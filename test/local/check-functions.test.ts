import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runFunctions } from "../../local/check-deploy/scenario.ts";

const assembly = mkdtempSync(join(tmpdir(), "rappel-check-functions-"));
const CLIENT = resolve("local/check-deploy/stand-in-client.js");
beforeAll(() => {
  const env = { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: '{"stage":"prod"}', CDK_VALIDATION: "false" };
  execFileSync(process.execPath, ["bin/app.ts"], { env });
});
afterAll(() => rmSync(assembly, { recursive: true, force: true }));

it("all bundles of stage prod process AWS's documented events", async () => {
  const proofs = await runFunctions(assembly, CLIENT);
  expect(proofs.filter(({ result }) => result !== "proved")).toEqual([]);
  const functions = new Set(proofs.map(({ what }) => what.split(":")[0]));
  expect([...functions].sort()).toEqual(["accept", "api", "console", "dispatch", "erase", "sweep", "wake"]);
});

it("a bundle that cannot be loaded fails its lines, and no others", async () => {
  const { Resources } = JSON.parse(readFileSync(join(assembly, "rappel-prod-delivery.template.json"), "utf8"));
  const [, { Properties }] = Object.entries<{ Properties: { Code: { S3Key: string } } }>(Resources).find(([id]) =>
    id.startsWith("WakeFunction"),
  ) ?? ["", { Properties: { Code: { S3Key: "" } } }];
  const hash = Properties.Code.S3Key.replace(".zip", "");
  const wake = join(assembly, `asset.${hash}`, "index.mjs");
  const bundle = readFileSync(wake, "utf8");
  writeFileSync(wake, `throw new Error("Dynamic require of node:assert is not supported");`);
  const proofs = await runFunctions(assembly, CLIENT);
  writeFileSync(wake, bundle);
  expect(proofs.filter(({ result }) => result === "failed")).toEqual([
    { what: "wake: SQS event", result: "failed", detail: expect.stringContaining("Dynamic require") },
  ]);
});
