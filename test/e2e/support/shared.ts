import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** The environment variable in which workers and later processes find the service. */
const SHARED = "RAPPEL_SHARED";
const PROCESS = fileURLToPath(new URL("./shared-process.ts", import.meta.url));

const Shared = z.object({
  url: z.string(),
  engines: z.object({
    dynamodb: z.string(),
    sqs: z.string(),
    scheduler: z.string().exactOptional(),
    kms: z.string().exactOptional(),
  }),
  table: z.string(),
  /** The file of log lines, one JSON text per line. */
  log: z.string(),
  /** A URL that records the AWS calls so far when it is requested. */
  recorder: z.string(),
});
/** The service that end-to-end tests share. */
export type Shared = z.infer<typeof Shared>;

/** Vitest's global setup of each project that shares the service. There is one service for all of them. */
export default async function share(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[SHARED] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "rappel-shared-"));
  const args = ["--disable-warning=ExperimentalWarning", PROCESS, join(folder, "log")];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = await Promise.race([once(child.stdout, "data"), exited]);
  if (child.exitCode !== null) throw new Error("The shared service ended unexpectedly");
  process.env[SHARED] = String(line).trim();
  return async () => {
    child.stdin.end();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** @throws {Error} if no global setup has started it */
export function sharedService(): Shared {
  return Shared.parse(JSON.parse(process.env[SHARED] ?? "null"));
}

/** Returns a function that answers all lines logged since this call. */
export function followLog(file: string): () => readonly string[] {
  const lines: string[] = [];
  let read = readFileSync(file).length;
  return () => {
    const more = readFileSync(file).subarray(read);
    const whole = more.subarray(0, more.lastIndexOf("\n") + 1);
    read += whole.length;
    for (const line of whole.toString().split("\n")) if (line !== "") lines.push(JSON.parse(line));
    return lines;
  };
}
