import { readFileSync } from "node:fs";
import * as z from "zod";

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** cdk.json's `context`: feature flags and stages. Without this only the CDK command would read it. */
export function readContext(): Record<string, unknown> {
  return CdkJson.parse(JSON.parse(readFileSync(new URL("../cdk.json", import.meta.url), "utf8"))).context;
}
