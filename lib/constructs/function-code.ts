import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";
import { FUNCTIONS, type FunctionName } from "./function-names.ts";

/**
 * Bundles all functions in one esbuild call (an esbuild process per function, as NodejsFunction does it, takes several
 * times as long), the SDK inside: what is tested is what runs, whatever SDK the Lambda runtime carries that week.
 * The asset's hash is that of the bundle, so a function is deployed again only when its code has changed.
 */
export class FunctionCode {
  readonly #outdir = mkdtempSync(join(tmpdir(), "rappel-bundles-"));

  /**
   * @param lambdasDir where the entry files are
   * @throws {Error} esbuild's, when an entry file is missing or wrong
   */
  bundle(lambdasDir: string): void {
    buildSync({
      entryPoints: FUNCTIONS.map((name) => ({ in: join(lambdasDir, `${name}.ts`), out: `${name}/index` })),
      outdir: this.#outdir,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      // Without it esbuild takes the CommonJS builds, and half a bundle cannot be shaken off.
      mainFields: ["module", "main"],
      minify: true,
      // No source maps: they cost 15 to 30 ms of each cold start.
      sourcemap: false,
      legalComments: "none",
      logLevel: "warning",
    });
  }

  of(name: FunctionName): Code {
    return Code.fromAsset(join(this.#outdir, name));
  }

  /** Call it when the app is built: the CDK has copied the bundles by then. */
  remove(): void {
    rmSync(this.#outdir, { recursive: true, force: true });
  }
}
