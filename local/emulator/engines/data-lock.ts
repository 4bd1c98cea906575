import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Kept in sight: a collected handle would give its lock back. */
const held = new Set<DatabaseSync>();

/** Somebody else works in this data folder. */
export class DataFolderTakenError extends Error {
  override readonly name = "DataFolderTakenError";
}

/**
 * Takes a data folder for this process alone. An SQLite lock, because the operating system gives it back however we die:
 * a file with a process id in it would outlive a `kill -9`.
 * @returns gives the folder back
 * @throws {DataFolderTakenError} when another process has it
 */
export function takeDataFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch {
    lock.close();
    throw new DataFolderTakenError(
      `Cannot start: another Rappel is running on the data folder ${folder}. Stop it, or start this one with --data-dir <folder> or --memory.`,
    );
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}
