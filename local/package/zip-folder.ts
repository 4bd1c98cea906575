import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { zipSync } from "fflate";

/** Any time, so that equal files give equal archives. ZIP's own times begin in 1980. */
const MTIME = new Date(1980, 0, 1);

/** A folder as a ZIP archive, whose bytes depend on names and contents alone. */
export function zipFolder(folder: string): Uint8Array {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const files = paths.map((path) => [relative(folder, path), readFileSync(path)] as const);
  // 0644: Lambda runs as another user than the one that unpacks.
  return zipSync(Object.fromEntries(files), { mtime: MTIME, level: 9, os: 3, attrs: 0o644 << 16 });
}
