/** Writes package.json's version into `lambdas/shared/version.ts`. `npm version` calls it. */
import { readFileSync, writeFileSync } from "node:fs";

const REPOSITORY = new URL("../", import.meta.url);
const FILE = new URL("lambdas/shared/version.ts", REPOSITORY);

const { version }: { version: string } = JSON.parse(readFileSync(new URL("package.json", REPOSITORY), "utf8"));
const text = readFileSync(FILE, "utf8");
writeFileSync(FILE, text.replace(/VERSION = "[^"]*"/, `VERSION = "${version}"`));
