import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CACHE = join(ROOT, "node_modules/.cache/rappel");
/** All sources of the local templates and bundles. */
export const SOURCES = [
  "lib",
  "lambdas",
  "client",
  "console",
  "branding",
  "bin/app.ts",
  "cdk.json",
  "package-lock.json",
];
/** A synthesis unused for this long is removed. A service that runs on older sources still needs its own. Ours. */
const KEPT_MS = 86_400_000;

/**
 * The cloud assembly of stage `local`, from the same synthesis that a deployment uses. It is cached for each state of the sources.
 * @param onSynth called if the sources have changed and a synthesis of some seconds starts
 * @returns the assembly's folder
 */
export async function synthesize(onSynth: () => void = () => undefined): Promise<string> {
  const folder = join(CACHE, hashSources());
  if (!existsSync(folder)) {
    onSynth();
    mkdirSync(CACHE, { recursive: true });
    const unfinished = `${folder}.${process.pid}`;
    await runApp(unfinished);
    try {
      renameSync(unfinished, folder);
    } catch {
      // Another process finished first with the same sources.
      rmSync(unfinished, { recursive: true, force: true });
    }
    removeOld();
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** Runs in its own process: the CDK's memory is not needed afterwards. */
async function runApp(outdir: string): Promise<void> {
  // Validation takes longer than the synthesis, and is only for deployments. Compiled code is cached for the next time.
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ stage: "local" }),
    CDK_VALIDATION: "false",
    NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/node-compile"),
  };
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, "bin/app.ts")], { cwd: ROOT, env });
  } catch (error) {
    rmSync(outdir, { recursive: true, force: true });
    const output = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(`Cannot synthesise the stage local:\n${output}`);
  }
}

function hashSources(): string {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES) {
    for (const file of filesUnder(source).sort()) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest("hex").slice(0, 20);
}

function filesUnder(path: string): string[] {
  if (!existsSync(join(ROOT, path))) return [];
  if (path.includes(".")) return [path];
  const entries = readdirSync(join(ROOT, path), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

function removeOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (statSync(path).mtimeMs < Date.now() - KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
