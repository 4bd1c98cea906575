import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CACHE = join(ROOT, "node_modules/.cache/rappel");
/** All that the local templates and bundles are made of. */
const SOURCES = ["lib", "lambdas", "bin/app.ts", "cdk.json", "package-lock.json"];
/** What was not used for this long is removed: a service that runs on older sources still reads from its own. Ours. */
const KEPT_MS = 86_400_000;

/**
 * The cloud assembly of stage `local`: the same synthesis that is deployed, made once per state of the sources.
 * @param onSynth told when the sources are new and the wait will be seconds
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
      // Another process was faster, with the same sources.
      rmSync(unfinished, { recursive: true, force: true });
    }
    removeOld();
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** In a process of its own: the CDK's memory is not needed afterwards. */
async function runApp(outdir: string): Promise<void> {
  // Validation is for what is deployed, and takes longer than all the rest; compiled code is kept for the next time.
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
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(`Cannot synthesise the stage local:\n${said}`);
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
