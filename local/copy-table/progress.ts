import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as z from "zod";

const Counts = z.object({
  /** Items read. */
  read: z.number(),
  /** Items written, those that replaced another included. */
  written: z.number(),
  /** Items that were there already, equal in every field. */
  same: z.number(),
  /** Items that were there with other values and were kept. */
  kept: z.number(),
  /** Items that are not part of the copy, or have expired. */
  skipped: z.number(),
});
export type Counts = z.infer<typeof Counts>;
export const NO_COUNTS: Counts = { read: 0, written: 0, same: 0, kept: 0, skipped: 0 };

const Key = z.object({ pk: z.string(), sk: z.string() });
const Progress = z.object({
  /** What is copied where: a progress file continues only the same copy. */
  copy: z.string(),
  counts: Counts,
  /** Of each segment of the table: where it continues; `null` at its end, `"start"` before its first page. */
  segments: z.array(z.union([Key, z.null(), z.literal("start")])),
  /** Endpoints of which pending deliveries were copied. */
  backlogs: z.array(z.string()),
});
type Progress = z.infer<typeof Progress>;

/** Where a copy stands, in a file, so that it can be continued after it was stopped. */
export interface ProgressFile {
  readonly progress: Progress;
  /** To be called after a page of a segment is written. */
  save(progress: Progress): void;
  remove(): void;
}

/**
 * Opens a progress file, or begins a new one.
 * @param copy what is copied where
 * @param segments the number of segments of a new copy
 * @throws {Error} if the file belongs to another copy, or cannot be read
 */
export function openProgress(file: string, copy: string, segments: number): ProgressFile {
  const found = existsSync(file) ? Progress.safeParse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  if (found?.success === false)
    throw new Error(`Cannot continue from ${file}: it is not a progress file of this command`);
  if (found !== undefined && found.data.copy !== copy)
    throw new Error(
      `Cannot continue from ${file}: it belongs to another copy (${found.data.copy}). Delete it, or name another file with --progress`,
    );
  return {
    progress: found?.data ?? {
      copy,
      counts: NO_COUNTS,
      segments: Array.from({ length: segments }, () => "start"),
      backlogs: [],
    },
    save(progress) {
      // Renamed when complete, so that a crash leaves the former progress.
      writeFileSync(`${file}.part`, JSON.stringify(progress), { mode: 0o600 });
      chmodSync(`${file}.part`, 0o600);
      renameSync(`${file}.part`, file);
    },
    remove: () => rmSync(file, { force: true }),
  };
}
