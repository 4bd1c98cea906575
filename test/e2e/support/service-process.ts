import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { forEachLine } from "../../../local/emulator/functions/lines.ts";

const START = fileURLToPath(new URL("../../../bin/start.ts", import.meta.url));
const Key = z.object({ id: z.string(), secret: z.string() });
const POLL_MS = 50;
const HEALTH_TIMEOUT_MS = 20_000;

/** The whole of Rappel in its own process, which can be killed. */
export interface ServiceProcess {
  /** Resolves when the service answers. @throws {Error} with its last output if it ended */
  ready(): Promise<void>;
  /** Sends SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts the service like `npm start`, but without npm, so that the process id is the service's own.
 * @param onLine gets its output line by line
 */
export function startProcess(folder: string, port: number, onLine: (line: string) => void): ServiceProcess {
  const args = ["--disable-warning=ExperimentalWarning", START, "--data-dir", folder, "--port", String(port)];
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const exited = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    forEachLine(stream, (line) => {
      output = `${output}${line}\n`.slice(-2_000);
      onLine(line);
    });
  }
  return {
    ready: async () => {
      while (!(await isHealthy(port))) {
        if (isGone(child)) throw new Error(`The service ended unexpectedly:\n${output}`);
        await sleep(POLL_MS);
      }
    },
    kill: async () => {
      if (isGone(child)) throw new Error(`The service ended unexpectedly:\n${output}`);
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The key that the service keeps in its data folder, as an `Authorization` header. It stays the same over restarts. */
export async function authorizationIn(folder: string): Promise<string> {
  for (;;) {
    try {
      const { id, secret } = Key.parse(JSON.parse(readFileSync(join(folder, "key.json"), "utf8")));
      return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    } catch {
      await sleep(POLL_MS); // the file is written a moment after the service answers
    }
  }
}

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}
