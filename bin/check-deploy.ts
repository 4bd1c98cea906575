/** `npm run check:deploy`: checks what would be deployed, without an AWS account, and says what was and was not proved. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { lintTemplates } from "../local/check-deploy/linting.ts";
import { inTable, notProved, type Proof, proved, provedBy } from "../local/check-deploy/proof.ts";
import { runFunctions } from "../local/check-deploy/scenario.ts";
import { linters, runtimeClient } from "../local/check-deploy/tools.ts";

const HELP = `Checks what would be deployed, without an AWS account: synthesises a stage by all rules, checks its templates with
cfn-lint and checkov, and runs each function's bundle under the Lambda runtime's own client with AWS's documented events.
Prints a table of what was and was not proved. Only engines on this machine are called.

  npm run check:deploy                     checks the stage prod
  npm run check:deploy -- --stage NAME     checks another stage of cdk.json
  npm run check:deploy -- --strict         fails too if a tool is missing: for CI
  npm run check:deploy -- --help           shows this

On the first call it installs its tools into .cache, from PyPI (cfn-lint and checkov, a minute) and npm (aws-lambda-ric, which
is compiled and takes some minutes). Without Python or without these registries the table says so.`;

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const CACHE = join(ROOT, ".cache", "check-deploy");

/** What no check on this machine can prove. docs/operations/first-deployment.md has a check for each in an account. */
const ONLY_IN_AN_ACCOUNT: readonly Proof[] = [
  ["IAM, as AWS evaluates it", "recorded calls are checked against the policies by npm run test:rest"],
  ["quotas, certificates and DNS of the account", "docs/operations/first-deployment.md"],
  ["alarms and dashboards with AWS's own metrics", "docs/operations/first-deployment.md"],
].map(([what = "", detail = ""]) => notProved(what, detail));

try {
  const { values } = parseArgs({
    options: {
      stage: { type: "string", default: "prod" },
      strict: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const proofs = await checkStage(values.stage);
  const missing = proofs.filter(({ result }) => result === "not proved");
  console.log(inTable([...proofs, ...ONLY_IN_AN_ACCOUNT]));
  if (proofs.some(({ result }) => result === "failed")) process.exitCode = 1;
  if (values.strict && missing.length > 0) {
    console.error(`--strict: ${missing.map(({ what }) => what).join("; ")} must be proved`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function checkStage(stage: string): Promise<Proof[]> {
  const assembly = mkdtempSync(join(tmpdir(), "rappel-check-deploy-"));
  try {
    const synthesis = await provedBy(`synthesis of the stage ${stage}`, async () => {
      await synthesise(stage, assembly);
      return "cdk-nag's AwsSolutions rules and CloudFormation's schemas find nothing";
    });
    if (synthesis.result === "failed") return [synthesis];
    console.error("Checking the templates …");
    const lints = await lintTemplates(assembly, await linters(CACHE));
    console.error("Running the functions …");
    const client = await runtimeClient(CACHE);
    const what = "functions run under AWS's own runtime client";
    const clientProof =
      "missing" in client ? notProved(what, `a stand-in ran them: ${client.missing}`) : proved(what, "aws-lambda-ric");
    const file = "missing" in client ? join(ROOT, "local/check-deploy/stand-in-client.js") : client.path;
    return [synthesis, ...lints, clientProof, ...(await runFunctions(assembly, file))];
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

/** In a process of its own, as `npx cdk synth` runs it. */
async function synthesise(stage: string, outdir: string): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ stage }) };
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, "bin/app.ts")], { cwd: ROOT, env, maxBuffer: 1e8 });
  } catch (error) {
    throw new Error(error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error));
  }
}
