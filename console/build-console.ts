import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { type Branding, brandedPage, brandingFiles } from "./branding.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/**
 * Builds the console's static files into a folder, each with its compressed forms as `.br` and `.gz` beside it.
 * @param root the folder in which the logo's path begins
 * @throws {Error} if the logo cannot be used
 */
export async function buildConsole(outDir: string, branding: Branding = {}, root = ROOT): Promise<void> {
  await build({
    root: import.meta.dirname,
    configFile: false,
    base: "/console/",
    logLevel: "warn",
    mode: "production",
    // Without `development: false`, NODE_ENV of the caller would decide, and the bundle would hold this machine's paths.
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  const page = join(outDir, "index.html");
  writeFileSync(page, brandedPage(readFileSync(page, "utf8"), branding));
  for (const [name, bytes] of brandingFiles(branding, root)) writeFileSync(join(outDir, name), bytes);
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
