import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../local/emulator/engines/free-port.ts";

const example = (path: string) => fileURLToPath(new URL(`../../examples/receivers/${path}`, import.meta.url));

interface Example {
  readonly command: string;
  args(port: number): string[];
}
/** The receivers of `examples/receivers/` and their commands. */
export const EXAMPLES = {
  TypeScript: { command: process.execPath, args: () => [example("typescript/receiver.ts")] },
  Python: { command: "python3", args: () => [example("python/receiver.py")] },
  PHP: { command: "php", args: (port) => ["-q", "-S", `127.0.0.1:${port}`, example("php/receiver.php")] },
} as const satisfies Record<string, Example>;
export type Language = keyof typeof EXAMPLES;

export function canRun(language: Language): boolean {
  return spawnSync(EXAMPLES[language].command, ["--version"]).status === 0;
}

export interface ReceiverProcess {
  readonly url: string;
  /** Sends SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts one of the examples and waits until it listens.
 * @param env its settings; the port is a free one
 * @param disk the largest size of its store; further writes are cut off, as on a full disk
 */
export async function startExample(
  language: Language,
  env: Record<string, string>,
  disk?: { readonly storeKib: number },
): Promise<ReceiverProcess> {
  const port = await findFreePort();
  const { command, args } = EXAMPLES[language];
  // POSIX counts in blocks of 512 bytes. Without the trap a process that writes beyond the limit would be killed.
  const limited = disk && ["-c", `trap '' XFSZ; ulimit -f ${disk.storeKib * 2}; exec "$@"`, "sh", command];
  const child = spawn(limited ? "sh" : command, [...(limited ?? []), ...args(port)], {
    env: { PATH: process.env["PATH"], PORT: String(port), ...env },
    stdio: ["ignore", "ignore", disk ? "ignore" : "inherit"],
  });
  const gone = once(child, "exit");
  for (const until = Date.now() + 120_000; !(await listens(port)); await sleep(50))
    if (Date.now() > until || child.exitCode !== null) throw new Error(`The receiver in ${language} does not listen`);
  return {
    url: `http://127.0.0.1:${port}/`,
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket
      .once("error", () => resolve(false))
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      });
  });
}
