import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import * as z from "zod";
import type { Service } from "../../local/emulator/service.ts";
import type { RecordedCall } from "../../local/emulator/usage-meter/recorded-calls.ts";

/** The folder of recorded AWS calls. Processes that start later inherit the variable. */
const FOLDER = "RAPPEL_RECORDS";

/** The record of one run of the service. */
export interface Recorded {
  readonly calls: readonly RecordedCall[];
  /** Names of the templates' own schedules that fired. */
  readonly fired: readonly string[];
}

const RecordFile = z.object({
  calls: z.array(
    z.object({
      by: z.string(),
      action: z.string(),
      resource: z.string(),
      context: z.record(z.string(), z.string()).exactOptional(),
    }),
  ),
  fired: z.array(z.string()),
});

/**
 * Vitest's global setup, of each project that records or reads what was recorded: one folder for all of them, and none where
 * nobody of this run reads it.
 */
export default function openFolder({ vitest }: TestProject): (() => void) | undefined {
  if (process.env[FOLDER] !== undefined || !vitest.projects.some(({ name }) => name === "privileges")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "rappel-records-"));
  process.env[FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

export function isRecording(): boolean {
  return process.env[FOLDER] !== undefined;
}

/**
 * Writes a record of the service's AWS calls, if recording is on.
 * @param name of the record; it replaces an earlier record of that name
 */
export function record({ meter }: Service, name: string = randomUUID()): void {
  const folder = process.env[FOLDER];
  if (folder === undefined || meter === undefined) return;
  const fired = meter.ledger
    .counts()
    .filter(({ by, service, action }) => by === "Scheduler" && service === "scheduler" && action === "Invoke");
  const recorded: Recorded = { calls: meter.recordedCalls.all(), fired: fired.map(({ resource }) => resource) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(recorded));
}

/** All records so far. */
export function readRecords(): Recorded[] {
  const folder = process.env[FOLDER];
  if (folder === undefined) return [];
  return readdirSync(folder).map((file) => RecordFile.parse(JSON.parse(readFileSync(join(folder, file), "utf8"))));
}
