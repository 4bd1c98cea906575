import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { App, Stack, Validations } from "aws-cdk-lib/core";
import { AwsSolutionsChecks } from "cdk-nag";
import { FUNCTIONS } from "../../../lib/constructs/function-names.ts";

/** Bundles that do nothing, so that a synthesis takes no build: a folder as `#bundles` gives it. */
export function emptyBundles(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "rappel-empty-bundles-"));
  for (const name of FUNCTIONS) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "index.mjs"), `export const handler = () => "${name}";`);
  }
  const files = join(folder, "console", "files");
  mkdirSync(files);
  writeFileSync(
    join(files, "index.html"),
    `<!doctype html>\n<html lang="en"><head><title>Webhooks</title></head></html>`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Synthesises a stack in an app that is not ours, under cdk-nag and CloudFormation's schemas and rules.
 * @param fill adds to the stack
 * @param context the app's feature flags. None by default
 */
export function foreignStack(fill: (stack: Stack) => void, context: Readonly<Record<string, unknown>> = {}): Template {
  const outdir = mkdtempSync(join(tmpdir(), "rappel-foreign-"));
  try {
    const app = new App({ outdir, context: { ...context } });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const stack = new Stack(app, "Shop");
    fill(stack);
    return Template.fromJSON(app.synth().getStackByName("Shop").template);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The resources of a template, with their logical ids. @param type all types if undefined */
export const ofType = (template: { toJSON(): Record<string, unknown> }, type?: string) =>
  Object.entries<{ Type: string; Properties?: Record<string, unknown> }>(Object(template.toJSON()["Resources"])).filter(
    ([, resource]) => type === undefined || resource.Type === type,
  );
