import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "./free-port.ts";

/** A running engine. */
export interface Engine {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The engine must not outlive us, not even after a `kill -9` of ours, or a restart would find its database in use. So a
 * shell stands between: it waits for our end of its stdin to close, which the kernel does for us however we die.
 */
const GUARD = `exec 3<&0; "$@" </dev/null & pid=$!; (read -r _ <&3; kill -9 $pid 2>/dev/null) & wait $pid`;
const READY_WITHIN_MS = 10_000;
const STARTED_WITHIN_MS = 120_000; // on a busy machine; an engine that ends by itself is told at once

/**
 * Starts dynoxide, a DynamoDB over SQLite, on a free port of 127.0.0.1; or names the engine at `RAPPEL_DYNAMODB_URL`.
 * @param path the database file; without one everything is in memory
 */
export async function startDynamodb(path?: string): Promise<Engine> {
  const outside = process.env["RAPPEL_DYNAMODB_URL"];
  if (outside) {
    await answers(outside, () => undefined).catch(() => {
      throw new Error(`Cannot start: RAPPEL_DYNAMODB_URL is ${outside}, but no DynamoDB answers there.`);
    });
    return { url: outside.replace(/\/$/, ""), stop: async () => undefined };
  }

  const port = await findFreePort();
  const binary = join(dirname(createRequire(import.meta.url).resolve("@dynoxide/linux-x64/package.json")), "dynoxide");
  const args = ["--host", "127.0.0.1", "--port", String(port), ...(path ? ["--db-path", path] : [])];
  // `detached`: Ctrl-C reaches a terminal's whole process group, and the engine must outlive the functions' last writes.
  const child = spawn("/bin/sh", ["-c", GUARD, "sh", binary, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  });
  let complaint = "";
  child.stderr.on("data", (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(-2_000);
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await answers(url, () => child.exitCode, STARTED_WITHIN_MS);
  } catch (error) {
    await stop(child);
    throw new Error(`Cannot start the DynamoDB engine: ${complaint.trim() || "it did not answer"}`, { cause: error });
  }
  return { url, stop: () => stop(child) };
}

/** Waits until something at `url` speaks HTTP. */
async function answers(
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
  if (child.exitCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.stdin?.end();
  });
}
