/**
 * Vitest's global setup: one synthesis for all test files (`inject("assemblies")`). Stage prod as it would be
 * deployed with every optional setting and every rule, and stage local as `npm start` runs it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import * as z from "zod";
import { buildApp } from "../../lib/app.ts";
import { readContext } from "../../lib/context.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of each stage's cloud assembly, with templates and bundles. */
    assemblies: { readonly prod: string; readonly local: string };
  }
}

const Stages = z.record(z.string(), z.looseObject({}));

export default async function synthesise(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "rappel-synth-"));
  const assemblies = { prod: join(folder, "prod"), local: join(folder, "local") };
  const context = readContext();
  const { prod, ...others } = Stages.parse(context["stages"]);
  const stages = { ...others, prod: { ...prod, alarmEmail: "ops@example.com", eventsPerSecond: 50 } };
  for (const stage of ["prod", "local"] as const) {
    const app = await buildApp({ context: { ...context, stages }, stage, outdir: assemblies[stage] });
    app.synth();
  }
  project.provide("assemblies", assemblies);
  return () => rmSync(folder, { recursive: true, force: true });
}
