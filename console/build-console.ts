import { fileURLToPath } from "node:url";
import { build } from "vite";
import { applyBranding } from "./apply-branding.ts";
import type { Branding } from "./branding.ts";

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
  applyBranding(outDir, branding, root);
}
