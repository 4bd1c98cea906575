import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { notProved, type Proof, provedBy } from "./proof.ts";
import type { Tool } from "./tools.ts";

const CfnLint = z.array(z.object({ Rule: z.object({ Id: z.string() }), Message: z.string(), Filename: z.string() }));
const Checkov = z.object({
  summary: z.object({ passed: z.number(), failed: z.number(), parsing_errors: z.number() }),
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
});

/** checkov asks PyPI for a newer version of itself: nothing listens on this port, and it continues without an answer. */
const OFFLINE = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };

/** Checks the templates of an assembly by the rules of cfn-lint and checkov. */
export async function lintTemplates(assembly: string, tool: Tool): Promise<Proof[]> {
  const [byCfnLint, byCheckov] = ["templates: cfn-lint's rules", "templates: checkov's rules"];
  if ("missing" in tool) return [byCfnLint, byCheckov].map((what) => notProved(what, tool.missing));
  const templates = readdirSync(assembly).filter((file) => file.endsWith(".template.json"));
  return [
    await provedBy(byCfnLint, async () => {
      const found = CfnLint.parse(
        await output(join(tool.path, "cfn-lint"), ["--format", "json", ...templates], assembly),
      );
      refuse(found.map(({ Rule, Message, Filename }) => `${Rule.Id} ${Filename}: ${Message}`));
      return `no finding in ${templates.length} templates`;
    }),
    await provedBy(byCheckov, async () => {
      // It would fetch rules from its maker's service otherwise.
      const flags = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "--output", "json"];
      const files = templates.flatMap((file) => ["--file", file]);
      const { summary, results } = Checkov.parse(
        await output(join(tool.path, "checkov"), [...flags, ...files], assembly),
      );
      refuse(
        results.failed_checks.map(({ check_id, check_name, resource }) => `${check_id} ${resource}: ${check_name}`),
      );
      if (summary.parsing_errors > 0 || summary.passed === 0) throw new Error("checkov could not read the templates");
      return `${summary.passed} checks passed`;
    }),
  ];
}

function refuse(findings: readonly string[]): void {
  if (findings.length > 0) throw new Error(findings.join("\n"));
}

/** What a linter prints. It exits with an error if it has findings, which are read from the output then. */
function output(command: string, args: readonly string[], cwd: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, maxBuffer: 1e8, env: { ...process.env, ...OFFLINE } }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(stderr.trim().split("\n").at(-1) || error?.message || "it printed no JSON"));
      }
    });
  });
}
