import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { FunctionCode } from "../../lib/constructs/function-code.ts";
import { COMMAND, ENTRIES, ROOT } from "./entries.ts";
import { packageJson } from "./package-json.ts";
import { extractTypes } from "./types.ts";

/**
 * Builds what `npm pack` packs: the entries as ECMAScript modules with their types, the command, and the functions' bundles
 * with the console's files. All dependencies are inside, except those that package.json has for its users.
 * @param dist the folder, which is emptied first
 * @throws {Error} if a source or a type is invalid
 */
export async function buildPackage(dist: string): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  const functions = new FunctionCode(join(dist, "functions"));
  functions.bundle(join(ROOT, "lambdas"));
  functions.bundleConsole(join(ROOT, "console"), {});

  const { dependencies = {}, peerDependencies = {} } = packageJson();
  const common: BuildOptions = {
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    conditions: ["rappel-package"], // the bundles of this package, instead of esbuild
    external: Object.keys({ ...dependencies, ...peerDependencies }).flatMap((name) => [name, `${name}/*`]),
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: ROOT,
  };
  // The construct by itself, and the client's entries together, which share classes.
  for (const isConstruct of [true, false]) {
    const entryPoints = ENTRIES.filter(({ name }) => (name === "cdk") === isConstruct).map(({ name, source }) => ({
      in: source,
      out: name,
    }));
    const shared: BuildOptions = isConstruct
      ? { plugins: [UNUSED_SDK] }
      : { splitting: true, chunkNames: "chunks/[hash]" };
    if (entryPoints.length > 0) await build({ ...common, ...shared, entryPoints, outdir: dist });
  }
  const command = join(dist, "bin", "rappel.js");
  await build({
    ...common,
    entryPoints: [COMMAND],
    outfile: command,
    minify: true, // it has the AWS SDK inside
    // Some packages inside are CommonJS.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  chmodSync(command, 0o755);
  extractTypes({ dist });
}

/**
 * Leaves out the AWS SDK where nothing of it is used: the construct takes names from modules that import it. Its packages do
 * not say that importing them has no effect.
 */
const UNUSED_SDK: Plugin = {
  name: "unused-sdk",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@(aws-sdk|smithy|aws-lambda-powertools)\// }, async ({ path, pluginData, ...options }) => {
      if (pluginData === "resolving") return undefined;
      return { ...(await resolve(path, { ...options, pluginData: "resolving" })), sideEffects: false };
    });
  },
};
