import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Keeps the handles referenced: garbage collection of a handle would release its lock. */
const locks = new Set<DatabaseSync>();

/** Another process uses this data folder. */
class DataFolderTakenError extends Error {
  override readonly name = "DataFolderTakenError";
}

/**
 * Locks a data folder for this process. It is an SQLite lock, because the operating system releases it however the process
 * ends; a file with a process id would remain after a `kill -9`.
 * @returns releases the folder
 * @throws {DataFolderTakenError} if another process holds the lock
 */
export function takeDataFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch {
    lock.close();
    throw new DataFolderTakenError(
      `Cannot start: another Rappel process uses the data folder ${folder}. Stop it, or start with --data-dir <another folder> or --memory.`,
    );
  }
  locks.add(lock);
  return () => {
    locks.delete(lock);
    lock.close();
  };
}
