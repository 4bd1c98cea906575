import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")));
/** Our own commands: npm script and file. `version` is a step of `npm version`, and nobody calls it. */
const COMMANDS = Object.entries(scripts)
  .map(([script, command]) => ({ script, file: /\b(?:bin|bench)\/[\w/-]+\.ts\b/.exec(command)?.[0] ?? "" }))
  .filter(({ script, file }) => file !== "" && script !== "version");

describe("the commands of this repository", () => {
  it("there are commands to check", () => {
    expect(COMMANDS.map(({ script }) => script)).toEqual(expect.arrayContaining(["start", "simulate", "bench:kills"]));
  });

  it.each(COMMANDS)(
    "npm run $script -- --help shows how to call it, and does nothing else",
    async ({ script, file }) => {
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", file, "--help"],
        { cwd: ROOT, timeout: 240_000 },
      );
      // The command of the package names itself.
      const own: Readonly<Record<string, RegExp>> = {
        start: /npm start -- --help +shows this/,
        rappel: /^Usage: rappel/,
      };
      expect(stdout).toMatch(own[script] ?? `npm run ${script} -- --help`);
      expect(stderr).toBe("");
    },
  );
});
