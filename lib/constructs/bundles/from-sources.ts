import { fileURLToPath } from "node:url";
import { FunctionCode } from "../function-code.ts";

let folder: string | undefined;

/** The folder of bundles of this repository's sources, built once per process. The npm package has the other `#bundles`. */
export function bundlesFolder(): string {
  folder ??= bundled();
  return folder;
}

function bundled(): string {
  const code = new FunctionCode();
  process.once("exit", () => code.remove());
  code.bundle(fileURLToPath(new URL("../../../lambdas/", import.meta.url)));
  code.bundleConsole(fileURLToPath(new URL("../../../console/", import.meta.url)), {});
  return code.folder;
}
