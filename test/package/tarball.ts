import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";

const Packed = z.array(
  z.object({
    filename: z.string(),
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
);
export type Packed = z.infer<typeof Packed>[number];

/** What `npm pack` makes, in a folder of its own. It builds first. */
export function packed(folder: string): Packed {
  const output = npm(["pack", "--json", "--pack-destination", folder], ".");
  const [tarball] = Packed.parse(JSON.parse(output.slice(output.indexOf("[\n"))));
  if (tarball === undefined) throw new Error(`npm pack made nothing: ${output}`);
  return tarball;
}

/**
 * An empty project that has installed the tarball, without a registry. The CDK and TypeScript are links to this repository's:
 * they are what a user would have installed before.
 */
export function installed(folder: string, tarball: string): string {
  const project = mkdtempSync(join(folder, "project-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "shop", private: true, type: "module" }));
  npm(["install", "--offline", "--no-audit", "--no-fund", join(folder, tarball)], project);
  for (const name of ["aws-cdk-lib", "constructs", "typescript", "@types/node", "cdk-nag"]) {
    const link = join(project, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve("node_modules", name), link);
  }
  return project;
}

export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "rappel-package-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1e8 });
}
