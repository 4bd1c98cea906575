import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makePrivateFile, makePrivateFolder } from "../../private-files.ts";
import { isDamaged } from "./data-files.ts";

/** SQLITE_BUSY. Source: sqlite.org/rescode.html */
const BUSY = 5;
/** Keeps the handles referenced: garbage collection of a handle would release its lock. */
const locks = new Set<DatabaseSync>();

/** This process cannot have the data folder. */
class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

/**
 * Locks a data folder for this process, and creates it if it does not exist. It is an SQLite lock, because the operating
 * system releases it however the process ends; a file with a process id would remain after a `kill -9`.
 * @returns releases the folder
 * @throws {DataFolderError} if another process holds the lock, or the folder cannot be used; the message is one sentence
 */
export function takeDataFolder(folder: string): () => void {
  const path = join(folder, "lock.sqlite");
  try {
    // A folder that has other things in it, such as a home folder, keeps its mode.
    if (!existsSync(folder) || existsSync(path)) makePrivateFolder(folder);
    makePrivateFile(path);
  } catch (error) {
    throw new DataFolderError(`Cannot start: ${problemWith(folder, error)}`, { cause: error });
  }
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (hasCode(error, "errcode", BUSY))
      throw new DataFolderError(
        `Cannot start: another Rappel process uses the data folder ${folder}. Stop it, or start with --data-dir <another folder> or --memory.`,
      );
    const problem = isDamaged(error)
      ? `${path} is damaged. It holds no data: delete it and start again.`
      : problemWith(folder, error);
    throw new DataFolderError(`Cannot start: ${problem}`, { cause: error });
  }
  locks.add(lock);
  return () => {
    locks.delete(lock);
    lock.close();
  };
}

function problemWith(folder: string, error: unknown): string {
  const way = "Use another one with --data-dir <folder>, or start with --memory.";
  if (hasCode(error, "code", "EEXIST") || hasCode(error, "code", "ENOTDIR"))
    return `the data folder ${folder} is a file, or is inside one. ${way}`;
  return `the data folder ${folder} cannot be written (${error instanceof Error ? error.message : error}). ${way}`;
}

function hasCode(error: unknown, name: "code" | "errcode", value: unknown): boolean {
  return error instanceof Error && Reflect.get(error, name) === value;
}
