/**
 * `node console/build.ts <folder> <branding as JSON>`: builds the console's static files into a folder. The synthesis runs it as a process of
 * its own, because it cannot wait for Vite's asynchronous API.
 */
import { resolve } from "node:path";
import { buildConsole } from "./build-console.ts";

const [folder, branding = "{}"] = process.argv.slice(2);
if (folder === undefined)
  throw new Error("Cannot build the console: name the folder, as in node console/build.ts FOLDER");
await buildConsole(resolve(folder), JSON.parse(branding));
