import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** Only the owner may read and write it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Creates a folder if it does not exist. Only its owner may use it. @throws as node:fs does */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  chmodSync(folder, FOLDER_MODE);
}

/**
 * Creates an empty file, and its folder, if they do not exist. Only the owner may use the file, also one of an earlier
 * version. SQLite gives a database's mode to the files that it creates beside it.
 * @throws as node:fs does
 */
export function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
  closeSync(openSync(file, "a", FILE_MODE));
  chmodSync(file, FILE_MODE);
}
