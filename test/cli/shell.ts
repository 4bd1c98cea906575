import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { run } from "../../cli/program.ts";

/** A command line in this process, with a folder of settings of its own. */
export function shell(env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rappel-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, "config.json");
  /** @param more stdin; what ends it; whether it is a terminal */
  async function rappel(
    args: readonly string[],
    more: { readonly input?: string; readonly stopped?: AbortSignal; readonly isTerminal?: boolean } = {},
  ) {
    const written = { out: "", err: "" };
    const code = await run(
      args,
      {
        out: (text) => {
          written.out += text;
        },
        err: (text) => {
          written.err += text;
        },
        isTerminal: more.isTerminal === true,
        env: { RAPPEL_CONFIG: config, ...env },
        input: async () => more.input ?? "",
        untilStopped: () => more.stopped ?? new AbortController().signal,
      },
      "1.2.3",
    );
    return { code, ...written };
  }
  return { rappel, config, folder };
}

/** The objects that a command printed with `--json`. */
export function objectsIn(out: string): unknown[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
