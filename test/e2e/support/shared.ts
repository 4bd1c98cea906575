import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** Where the workers find it. Processes that come later inherit it. */
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
  /** The file of what the functions log, one JSON text a line. */
  log: z.string(),
  /** Whoever asks there has what was asked of AWS recorded. */
  recorder: z.string(),
});
/** The service that stories share. */
export type Shared = z.infer<typeof Shared>;

/** Vitest's global setup, of each project that shares the service: one for all of them. */
export default async function share(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[SHARED] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "rappel-shared-"));
  const args = ["--disable-warning=ExperimentalWarning", PROCESS, join(folder, "log")];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = await Promise.race([once(child.stdout, "data"), exited]);
  if (child.exitCode !== null) throw new Error("The service that the stories share has ended by itself");
  process.env[SHARED] = String(line).trim();
  return async () => {
    child.stdin.end();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** @throws {Error} where no global setup has started it */
export function sharedService(): Shared {
  return Shared.parse(JSON.parse(process.env[SHARED] ?? "null"));
}

/** What the functions have logged since this was called. */
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
