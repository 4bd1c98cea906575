import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makePrivateFile } from "../../private-files.ts";
import { findFreePort } from "./free-port.ts";

/** A running engine. */
export interface Engine {
  readonly url: string;
  /** Resolves if the engine ends before it is stopped, with an error whose message is one sentence. */
  readonly failed?: Promise<Error>;
  stop(): Promise<void>;
}

/**
 * The engine must end with this process, even after a `kill -9`, or a restart would find its database in use. So a shell
 * starts it and waits until its stdin is closed. The kernel closes it however this process ends.
 */
const GUARD = `exec 3<&0; "$@" </dev/null & pid=$!; (read -r _ <&3; kill -9 $pid 2>/dev/null) & wait $pid`;
const READY_WITHIN_MS = 10_000;
const STARTED_WITHIN_MS = 120_000; // on a busy machine; an engine that exits is noticed at once

/**
 * Starts dynoxide, a DynamoDB emulator backed by SQLite, on a free port of 127.0.0.1. If `RAPPEL_DYNAMODB_URL` is set,
 * it uses the engine there instead.
 * @param path the database file; without it, data is in memory
 */
export async function startDynamodb(path?: string): Promise<Engine> {
  const externalUrl = process.env["RAPPEL_DYNAMODB_URL"];
  if (externalUrl) {
    await waitUntilItResponds(externalUrl, () => undefined).catch(() => {
      throw new Error(`Cannot start: RAPPEL_DYNAMODB_URL is ${externalUrl}, but no DynamoDB engine responds there.`);
    });
    return { url: externalUrl.replace(/\/$/, ""), stop: async () => undefined };
  }

  if (path !== undefined) makePrivateFile(path);
  const port = await findFreePort();
  const binary = join(dirname(createRequire(import.meta.url).resolve("@dynoxide/linux-x64/package.json")), "dynoxide");
  const args = ["--host", "127.0.0.1", "--port", String(port), ...(path ? ["--db-path", path] : [])];
  // `detached`: Ctrl-C reaches the terminal's whole process group, but the engine must run until the functions' last writes.
  const child = spawn("/bin/sh", ["-c", GUARD, "sh", binary, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  });
  let isStopping = false;
  let stderrTail = "";
  const failed = new Promise<Error>((resolve) =>
    child.once("exit", (code, signal) => {
      const reason = `${signal ?? `exit code ${code}`}${stderrTail && `: ${lastLine(stderrTail)}`}`;
      if (!isStopping) resolve(new Error(`The DynamoDB engine ended (${reason}).`));
    }),
  );
  const stopChild = () => {
    isStopping = true;
    return stop(child);
  };
  child.stderr.on("data", (bytes: Buffer) => {
    stderrTail = (stderrTail + bytes.toString()).slice(-2_000);
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilItResponds(url, () => child.exitCode, STARTED_WITHIN_MS);
  } catch (error) {
    await stopChild();
    throw new Error(`Cannot start the DynamoDB engine: ${stderrTail.trim() || "it did not respond"}`, { cause: error });
  }
  return { url, failed, stop: stopChild };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** Waits until something at `url` speaks HTTP. */
async function waitUntilItResponds(
  url: string,
  exitCode: () => number | null | undefined,
  withinMs = READY_WITHIN_MS,
): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(1_000) })).arrayBuffer();
      return;
    } catch (error) {
      if (typeof exitCode() === "number" || Date.now() > until) throw error;
      await sleep(5);
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.stdin?.end();
  });
}
