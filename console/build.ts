/**
 * `node console/build.ts <folder>`: builds the console's static files into a folder, each with its compressed forms. Used by
 * the synthesis, which cannot wait for Vite's own, asynchronous API.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error("Cannot build the console: name the folder, as in node console/build.ts FOLDER");
const outDir = resolve(folder);
await build({
  root: import.meta.dirname,
  configFile: false,
  base: "/console/",
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
