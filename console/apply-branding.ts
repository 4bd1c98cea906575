import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Branding, brandedPage, brandingFiles } from "./branding.ts";

/**
 * Gives built static files a branding, and each file its compressed forms as `.br` and `.gz` beside it. Without a branding
 * the page stays as it is.
 * @param folder the built files
 * @param root the folder in which the logo's path begins, if it is relative
 * @throws {Error} if the logo cannot be used
 */
export function applyBranding(folder: string, branding: Branding, root: string): void {
  const page = join(folder, "index.html");
  writeFileSync(page, brandedPage(readFileSync(page, "utf8"), branding));
  for (const [name, bytes] of brandingFiles(branding, root)) writeFileSync(join(folder, name), bytes);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.(br|gz)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
