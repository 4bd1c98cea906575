import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a user of the npm package can import. */
export interface Entry {
  /** The compiled module and its types, in `dist/`: `cdk` for `cdk.js` and `cdk.d.ts`. */
  readonly name: string;
  /** As in `exports` of package.json. */
  readonly subpath: string;
  readonly source: string;
}

/** All entries whose source exists. A test holds `exports` and tsconfig.package.json to this list. */
export const ENTRIES: readonly Entry[] = [
  { name: "index", subpath: ".", source: "client/index.ts" },
  { name: "testing", subpath: "./testing", source: "client/testing/index.ts" },
  { name: "cdk", subpath: "./cdk", source: "lib/cdk.ts" },
].filter(({ source }) => existsSync(join(ROOT, source)));

/** The command's source. It is `dist/bin/rappel.js` in the package. */
export const COMMAND = "bin/rappel.ts";
