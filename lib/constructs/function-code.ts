import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";
import type { ServiceSettings } from "../service-settings.ts";
import { FUNCTIONS, type FunctionName } from "./function-names.ts";

/**
 * Bundles all functions in one esbuild call. NodejsFunction starts an esbuild process per function, which takes several
 * times as long. The AWS SDK is bundled, so what is tested is what runs, whatever version the Lambda runtime has.
 * The asset hash is the bundle's, so a function is deployed again only if its code has changed.
 */
export class FunctionCode {
  /** The folder of all bundles, each in a folder with its function's name. */
  readonly folder: string;

  /** @param folder where to put the bundles. Default: a temporary folder */
  constructor(folder: string = mkdtempSync(join(tmpdir(), "rappel-bundles-"))) {
    this.folder = folder;
  }

  /**
   * @param lambdasDir the folder of the entry files
   * @throws {Error} from esbuild, if an entry file is missing or invalid
   */
  bundle(lambdasDir: string): void {
    buildSync({
      entryPoints: FUNCTIONS.map((name) => ({ in: join(lambdasDir, `${name}.ts`), out: `${name}/index` })),
      outdir: this.folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      // Without it esbuild takes the CommonJS builds, and tree shaking fails for half the bundle.
      mainFields: ["module", "main"],
      alias: { "@aws-sdk/credential-provider-node": join(lambdasDir, "adapters/aws/environment-credentials.ts") },
      minify: true,
      // No source maps: they cost 15 to 30 ms of each cold start.
      sourcemap: false,
      legalComments: "none",
      logLevel: "warning",
    });
  }

  /** Builds the console's static files into its function's bundle. @throws {Error} if they cannot be built */
  bundleConsole(consoleDir: string, branding: ServiceSettings["consoleBranding"]): void {
    const script = join(consoleDir, "build.ts");
    const files = join(this.folder, "console", "files");
    const args = ["--import", "tsx", script, files, JSON.stringify(branding)];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(/^Error: (.*)/m.exec(stderr)?.[1] ?? `Cannot build the console: ${stderr}`);
  }

  of(name: FunctionName): Code {
    return Code.fromAsset(join(this.folder, name));
  }

  /** To be called after the app is built: the CDK has copied the bundles by then. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
