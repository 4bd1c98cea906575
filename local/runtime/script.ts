import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";

/**
 * Writes a bundle's module down as a script beside its folder, once, and returns the script's file.
 *
 * An environment needs a copy of the module of its own. Imported again and again, each copy is compiled anew: 90 ms and
 * 7 MB (measured); a script is compiled once for a thread, and each run of it is another copy: 13 ms and 3 MB. Only
 * `import` and `export` are written differently, the code is the bundle's.
 * @param handler `file.export`, as Lambda has it
 */
export async function writeScript(code: string, handler: string): Promise<string> {
  const name = handler.slice(0, handler.lastIndexOf("."));
  const script = `${code}.${name}.script.cjs`;
  if (existsSync(script)) return script;
  const bundle = [".mjs", ".js"].map((ending) => join(code, name + ending)).find((file) => existsSync(file));
  if (!bundle) throw new Error(`Cannot find the module of ${handler} in ${code}`);
  const written = await transform(readFileSync(bundle, "utf8"), {
    format: "cjs",
    platform: "node",
    target: "node24",
    minifyWhitespace: true,
    define: { "import.meta.url": "moduleUrl" },
    logLevel: "silent",
  });
  // Whole or not at all: another process may be starting from the same assembly.
  writeFileSync(`${script}.${process.pid}`, written.code);
  renameSync(`${script}.${process.pid}`, script);
  return script;
}
