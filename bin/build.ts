/** `npm run build`: builds `dist/`, which `npm pack` packs. */
import { join } from "node:path";
import { buildPackage } from "../local/package/build.ts";
import { ROOT } from "../local/package/entries.ts";

await buildPackage(join(ROOT, "dist"));
