import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Reads all files of a folder into memory, by their path in it, with `/` between the parts. */
export function readStaticFiles(folder: URL): ReadonlyMap<string, Uint8Array> {
  const root = fileURLToPath(folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(root, path).split(sep).join("/"), readFileSync(path)];
    }),
  );
}
