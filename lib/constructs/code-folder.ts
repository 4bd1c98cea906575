import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { applyBranding } from "../../console/apply-branding.ts";
import type { ServiceSettings } from "../service-settings.ts";
import type { FunctionName } from "./function-names.ts";

/** Bundles that were built before, in a folder for each function. */
export class CodeFolder {
  readonly #folder: string;
  readonly #branding: ServiceSettings["consoleBranding"];

  constructor(folder: string, branding: ServiceSettings["consoleBranding"]) {
    this.#folder = folder;
    this.#branding = branding;
  }

  /** @throws {Error} if the console's logo cannot be used */
  of(name: FunctionName): Code {
    const folder = join(this.#folder, name);
    return Code.fromAsset(name === "console" ? this.#branded(folder) : folder);
  }

  /** A copy with the branding. Its asset hash is that of its content, wherever the copy is. */
  #branded(folder: string): string {
    if (Object.keys(this.#branding).length === 0) return folder;
    const copy = mkdtempSync(join(tmpdir(), "rappel-console-"));
    cpSync(folder, copy, { recursive: true });
    applyBranding(join(copy, "files"), this.#branding, process.cwd());
    return copy;
  }
}
