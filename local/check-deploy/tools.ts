import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The linters, as `pip` takes them. Pinned: a new rule must not fail an old commit. */
const LINTERS = ["cfn-lint==1.58.0", "checkov==3.3.30"];
/** AWS's own client of the Lambda runtime API, which the nodejs runtimes have. */
const RUNTIME_CLIENT = "aws-lambda-ric@4.0.2";

/** A tool that is there, or the reason why it is not. */
export type Tool = { readonly path: string } | { readonly missing: string };

/**
 * The folder with the linters' commands. They are installed on the first call, into a virtual environment.
 * @param cache where tools are kept between calls
 */
export async function linters(cache: string): Promise<Tool> {
  const python = await pythonCommand();
  if (python === undefined) return { missing: "no Python 3.9 or newer" };
  return installed(join(cache, "linters", LINTERS.join("+")), "bin", async (folder) => {
    await run(python, ["-m", "venv", folder]);
    const pip = join(folder, "bin", "pip");
    await run(pip, ["install", "--quiet", "--disable-pip-version-check", ...LINTERS], { maxBuffer: 1e8 });
  });
}

/** The file to run as the runtime's client. It is compiled on the first call, which takes some minutes. */
export async function runtimeClient(cache: string): Promise<Tool> {
  if (process.platform !== "linux") return { missing: `aws-lambda-ric does not compile on ${process.platform}` };
  const entry = join("node_modules", "aws-lambda-ric", "index.mjs");
  return installed(join(cache, RUNTIME_CLIENT), entry, async (folder) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    const npm = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--save-exact", RUNTIME_CLIENT];
    await run("npm", npm, { cwd: folder, maxBuffer: 1e8, env: { ...process.env, ...ownHeaders() } });
    // npm can be set to run no install scripts.
    if (!existsSync(join(folder, dirname(entry), "rapid-client.node"))) throw new Error("npm did not compile it");
  });
}

/** Compiles with the headers of this Node, if it has them, instead of downloading some. */
function ownHeaders(): Record<string, string> {
  const folder = dirname(dirname(process.execPath));
  return existsSync(join(folder, "include", "node", "node_api.h")) ? { npm_config_nodedir: folder } : {};
}

/** Installs a tool unless it is there. An installation that breaks off leaves nothing. */
async function installed(folder: string, entry: string, install: (folder: string) => Promise<unknown>): Promise<Tool> {
  const done = join(folder, "installed");
  if (existsSync(done)) return { path: join(folder, entry) };
  rmSync(folder, { recursive: true, force: true });
  try {
    await install(folder);
    writeFileSync(done, "");
    return { path: join(folder, entry) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { missing: lastLine(error) };
  }
}

async function pythonCommand(): Promise<string | undefined> {
  for (const command of ["python3", "python"]) {
    try {
      await run(command, ["-c", "import sys, venv; sys.exit(sys.version_info < (3, 9))"]);
      return command;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** What a command said last, which names the cause. */
function lastLine(error: unknown): string {
  const said = error instanceof Error ? ("stderr" in error ? String(error.stderr) : error.message) : String(error);
  return `it could not be installed: ${said.trim().split("\n").at(-1) ?? "for an unknown reason"}`;
}
