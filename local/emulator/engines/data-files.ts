import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SQS_DATABASE } from "./sqs-in-flight.ts";

/** The data folder's files that cannot be created again. */
export interface DataFiles {
  readonly dynamodb: string;
  readonly sqsFolder: string;
  readonly schedulerFolder: string;
  readonly kmsKey: string;
}

/** A larger database is checked only when it is used: a check reads all of it. Ours: about a second. */
const CHECKED_BYTES_MAX = 256 * 1024 * 1024;

export function dataFiles(folder: string): DataFiles {
  return {
    dynamodb: join(folder, "dynamodb.sqlite"),
    sqsFolder: join(folder, "sqs"),
    schedulerFolder: join(folder, "scheduler"),
    kmsKey: join(folder, "kms.key"),
  };
}

/**
 * Checks the files before the engines open them.
 * @throws {Error} if one is damaged or lost; the message is one sentence with the file and what to do
 */
export function checkDataFiles({ dynamodb, sqsFolder, schedulerFolder, kmsKey }: DataFiles): void {
  const databases = [dynamodb, join(sqsFolder, SQS_DATABASE), join(schedulerFolder, "scheduler.sqlite")];
  for (const path of databases) checkDatabase(path);
  if (bytesOf(dynamodb) > 0 && bytesOf(kmsKey) === 0) throw unusable(kmsKey, "is lost, and only it opens the secrets");
}

/** @returns an error that names a data file, and the ways out */
export function unusable(file: string, what: string): Error {
  return new Error(
    `Cannot start: ${file} ${what}. Restore the data folder from a backup, or start without its data: move the folder away, or use another one with --data-dir <folder>.`,
  );
}

function checkDatabase(path: string): void {
  const bytes = bytesOf(path);
  if (bytes === 0) return;
  const damage = damageOf(path, bytes <= CHECKED_BYTES_MAX);
  if (damage !== undefined) throw unusable(path, `is damaged (${damage})`);
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. Source: sqlite.org/rescode.html */
const DAMAGED = [11, 26];

/** Whether SQLite found the database damaged. A full disk is another matter. */
export function isDamaged(error: unknown): boolean {
  return error instanceof Error && DAMAGED.includes(Number(Reflect.get(error, "errcode")));
}

function damageOf(path: string, isThorough: boolean): string | undefined {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    const [row] = database.prepare(isThorough ? "PRAGMA quick_check(1)" : "PRAGMA schema_version").all();
    const answer = String(Object.values(row ?? {})[0]);
    return isThorough && answer !== "ok" ? answer.replaceAll("\n", " ") : undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isDamaged(error)) return message;
    throw new Error(
      `Cannot start: ${path} cannot be opened (${message}). Check that the disk is not full and that this user may write the file.`,
      { cause: error },
    );
  } finally {
    database.close();
  }
}

/** 0 if the file does not exist. */
function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
