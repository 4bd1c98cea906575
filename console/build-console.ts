import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

/** Builds the console's static files into a folder, each with its compressed forms as `.br` and `.gz` beside it. */
export async function buildConsole(outDir: string): Promise<void> {
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
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
