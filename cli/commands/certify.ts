import type { Command } from "commander";
import { CHECKS, type Finding, type Verdict } from "../certify/checks.ts";
import { Probe } from "../certify/probe.ts";
import { NegativeResult, UsageError } from "../io.ts";
import type { Output } from "../output.ts";
import type { Tools } from "../tools.ts";
import { urlValue, wholeValue } from "../values.ts";

interface CertifyOptions {
  readonly secret?: string;
  readonly type: string;
  readonly maxBytes: number;
  readonly atOnce: number;
  readonly countUrl?: string;
}
type Result = Finding & { readonly check: string; readonly title: string };

const SECRET = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

export function addCertify(program: Command, { io, output }: Tools): void {
  program
    .command("certify")
    .description("checks whether a receiver handles webhooks as it should; it sends about 70 of them from this machine")
    .argument("<url>", "the receiver", urlValue)
    .option(
      "--secret <secret>",
      "the secret that it verifies with, whsec_… (RAPPEL_SECRET, which other users do not see)",
    )
    .option("--type <type>", "the event type of most webhooks", "certify.test")
    .option("--max-bytes <bytes>", "the large body", wholeValue(1_000, 1_000_000), 262_144)
    .option("--at-once <count>", "webhooks at the same time", wholeValue(1, 500), 50)
    .option("--count-url <url>", "a URL that answers with the number of processed webhooks", urlValue)
    .addHelpText(
      "after",
      "\nExamples:\n  RAPPEL_SECRET=whsec_… rappel certify https://example.com/hooks\n  rappel --json certify http://localhost:4000/hook --secret whsec_… > report.ndjson",
    )
    .action(async (url: string, options: CertifyOptions, command: Command) => {
      const print = output(command);
      const secret = options.secret ?? io.env["RAPPEL_SECRET"];
      if (secret === undefined || !SECRET.test(secret))
        throw new UsageError("Need the secret that the receiver verifies with: --secret whsec_… or RAPPEL_SECRET");
      const results = await resultsOf(new Probe(url, secret, options.type), options, print);
      const failed = results.filter(({ verdict }) => verdict === "fail").length;
      print.note(failed === 0 ? "The receiver passed" : `The receiver failed ${failed} of ${results.length} checks`);
      if (failed > 0) throw new NegativeResult("a check failed");
    });
}

/** Without a first success, what follows would only fail for the same reason. */
async function resultsOf(probe: Probe, options: CertifyOptions, print: Output): Promise<Result[]> {
  const results: Result[] = [];
  for (const { id: check, title, run } of CHECKS) {
    const isHopeless = results[0]?.verdict === "fail";
    const finding: Finding = isHopeless
      ? { verdict: "skip", detail: "the first webhook was not accepted" }
      : await run(probe, options);
    const result = { check, title, ...finding };
    results.push(result);
    print.object(result, () => `${shown(finding.verdict, print)} ${title}: ${finding.detail}`);
  }
  return results;
}

function shown(verdict: Verdict, print: Output): string {
  const text = verdict.padEnd(4);
  if (verdict === "pass") return print.good(text);
  return verdict === "fail" ? print.bad(text) : print.quiet(text);
}
