import { fileURLToPath } from "node:url";

/** The folder of the bundles in the npm package, beside the compiled module. The other `#bundles` is for the repository. */
export const bundlesFolder = (): string => fileURLToPath(new URL("./functions/", import.meta.url));
