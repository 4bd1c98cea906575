import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../../../lib/app.ts";
import { FUNCTIONS } from "../../../lib/constructs/function-names.ts";
import { readContext } from "../../../lib/context.ts";
import { type Assembly, readAssembly } from "../../../local/emulator/template/assembly.ts";

/**
 * Synthesises stages of cdk.json, with functions that do nothing, so that it takes seconds.
 * @param settings settings of a stage that differ from those of cdk.json
 */
export async function synthesised(stage: string, settings: Readonly<Record<string, unknown>> = {}): Promise<Assembly> {
  const folder = mkdtempSync(join(tmpdir(), "rappel-synthesised-"));
  try {
    const lambdasDir = join(folder, "lambdas");
    mkdirSync(lambdasDir);
    for (const name of FUNCTIONS) writeFileSync(join(lambdasDir, `${name}.ts`), "export const handler = () => {};");
    const context = readContext();
    const stages = Object(context["stages"]);
    const outdir = join(folder, "out");
    const own = { ...stages, [stage]: { ...stages[stage], ...settings } };
    const app = await buildApp({ context: { ...context, stages: own }, stage, outdir, lambdasDir });
    app.synth();
    return readAssembly(outdir);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
