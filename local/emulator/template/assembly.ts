import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const Template = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
  Resources: z.record(z.string(), Resource).default({}),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
});
const Assets = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })).default({}),
});

/** The parts of a synthesised CloudFormation template that the local runtime reads. */
export type Template = z.infer<typeof Template>;

/** The output of `cdk synth`: each stack's template, and the path of each asset. */
export interface Assembly {
  /** By stack name. */
  readonly templates: ReadonlyMap<string, Template>;
  /** Absolute folders and files by asset hash. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads a cloud assembly (`cdk.out`). */
export function readAssembly(folder: string): Assembly {
  const templates = new Map<string, Template>();
  const assets = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const read = () => JSON.parse(readFileSync(join(folder, file), "utf8"));
    if (file.endsWith(".template.json")) templates.set(file.slice(0, -".template.json".length), Template.parse(read()));
    if (file.endsWith(".assets.json")) {
      for (const [hash, { source }] of Object.entries(Assets.parse(read()).files)) {
        assets.set(hash, join(folder, source.path));
      }
    }
  }
  return { templates, assets };
}
