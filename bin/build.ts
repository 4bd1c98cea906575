/** `npm run build`: builds what `npm pack` packs. */
import { join } from "node:path";
import { buildPackage } from "../local/package/build.ts";
import { ROOT } from "../local/package/entries.ts";

const HELP = `Builds the npm package into dist: the compiled entries with their types, the command rappel, and the functions'
bundles. npm pack and npm publish call it. Nothing in the repository uses dist.

  npm run build                builds it
  npm run build -- --help      shows this`;

if (process.argv.includes("--help")) console.log(HELP);
else await buildPackage(join(ROOT, "dist"));
