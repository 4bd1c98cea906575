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
const ASK_MS = 20_000;

/** The whole of Rappel in a process of its own, which can be killed. */
export interface ServiceProcess {
  /** Resolves when it answers. @throws when it ended instead, with what it said last */
  ready(): Promise<void>;
  /** SIGKILL: not one of its statements runs any more. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts it as `npm start` does, but for npm: the process id must be the service's own.
 * @param onLine what it says, line by line
 */
export function startProcess(folder: string, port: number, onLine: (line: string) => void): ServiceProcess {
  const args = ["--disable-warning=ExperimentalWarning", START, "--data-dir", folder, "--port", String(port)];
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const exited = once(child, "exit");
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    forEachLine(stream, (line) => {
      said = `${said}${line}\n`.slice(-2_000);
      onLine(line);
    });
  }
  return {
    ready: async () => {
      while (!(await isHealthy(port))) {
        if (isGone(child)) throw new Error(`The service ended by itself:\n${said}`);
        await sleep(POLL_MS);
      }
    },
    kill: async () => {
      if (isGone(child)) throw new Error(`The service ended by itself:\n${said}`);
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The key that the service keeps in its data folder, as a caller sends it: the same at each start. */
export async function authorizationIn(folder: string): Promise<string> {
  for (;;) {
    try {
      const { id, secret } = Key.parse(JSON.parse(readFileSync(join(folder, "key.json"), "utf8")));
      return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    } catch {
      await sleep(POLL_MS); // written when the table is there, a moment after the service answers
    }
  }
}

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(ASK_MS) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}
