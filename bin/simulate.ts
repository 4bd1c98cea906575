import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";
import { MUTANTS } from "../local/simulator/mutants.ts";
import { type Outcome, simulate } from "../local/simulator/simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    verbose: { type: "boolean", default: false },
    mutant: { type: "string" },
    strict: { type: "boolean", default: false },
    "fresh-look-seconds": { type: "string" },
    outage: { type: "boolean", default: false },
  },
});
const TRACE_LINES = 60;

const mutant = values.mutant === undefined ? undefined : MUTANTS[values.mutant];
if (values.mutant !== undefined && mutant === undefined)
  throw new RangeError(`There is no mutant "${values.mutant}": need one of ${Object.keys(MUTANTS).join(", ")}`);
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const lookSeconds = values["fresh-look-seconds"];
if (lookSeconds !== undefined && !/^\d{1,5}$/.test(lookSeconds))
  throw new RangeError(`Cannot use --fresh-look-seconds ${lookSeconds}: need a whole number of seconds, or 0 for none`);
const play = (seed: number, isVerbose: boolean) =>
  simulate(seed, {
    isVerbose,
    isStrict: values.strict,
    ...(mutant && { mutant }),
    ...(values.outage && { kind: "outage" }),
    ...(lookSeconds !== undefined && { earlyProbeMs: Number(lookSeconds) * 1_000 }),
  });
/** What is red with Rappel as it is becomes a test. */
const isAsItIs = mutant === undefined && !values.strict && !values.outage && lookSeconds === undefined;
const FOUND = new URL("../test/simulator/regression-seeds.json", import.meta.url);
const Found = z.array(z.object({ seed: z.int(), found: z.string(), isDirect: z.boolean().optional() }));

function keep({ seed, violations: [violation = ""] }: Outcome): void {
  const found = Found.parse(JSON.parse(readFileSync(FOUND, "utf8")));
  if (found.some((one) => one.seed === seed)) return;
  const all = [...found, { seed, found: nameless(violation) }];
  writeFileSync(FOUND, `${JSON.stringify(all, undefined, 2)}\n`);
  console.log("  kept in test/simulator/regression-seeds.json: npm test plays it from now on");
}

function nameless(violation: string): string {
  return violation.replaceAll(/(evt|ep)_\w+/g, "$1").replaceAll(/\d[\d.]*/g, "N");
}

function quantile(sorted: readonly number[], share: number): string {
  return `${((sorted[Math.floor(sorted.length * share)] ?? 0) / 60_000).toFixed(1)} min`;
}

function replayOf(seed: number): string {
  return `npm run simulate -- --seed ${seed} --verbose${values.mutant === undefined ? "" : ` --mutant "${values.mutant}"`}${values.strict ? " --strict" : ""}`;
}

function tell({ seed, kind, violations, faults }: Outcome): void {
  console.log(`\nSeed ${seed} (${kind}) breaks its promises:\n  ${violations.slice(0, 5).join("\n  ")}`);
  console.log(`  faults: ${faults.join(", ") || "none"}\n  again: ${replayOf(seed)}`);
}

const totals = { events: 0, posts: 0, duplicates: 0, schedulesMost: 0, red: 0 };
/** How many seeds show each kind of violation. */
const kinds = new Map<string, number[]>();
const recoveriesMs: number[] = [];
const startedAt = performance.now();
for (let seed = first; seed < first + count; seed++) {
  const outcome = await play(seed, values.verbose);
  totals.events += outcome.events;
  totals.posts += outcome.posts;
  totals.duplicates += outcome.duplicates;
  totals.schedulesMost = Math.max(totals.schedulesMost, outcome.schedulesMost);
  if (values.verbose) console.log(outcome.trace.join("\n"));
  recoveriesMs.push(...outcome.recoveriesMs);
  for (const kind of new Set(outcome.violations.map(nameless))) kinds.set(kind, [...(kinds.get(kind) ?? []), seed]);
  if (outcome.violations.length > 0) {
    if (totals.red++ < 10) {
      tell(outcome);
      if (isAsItIs) keep(outcome);
    }
    if (totals.red === 1 && !values.verbose) {
      const { trace } = await play(seed, true);
      const at = trace.findIndex((line) => line.includes("VIOLATION"));
      console.log(trace.slice(Math.max(0, at - TRACE_LINES), at + 1).join("\n"));
    }
  }
  const done = seed - first + 1;
  if (done % 50 === 0 || done === count) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`\r${done} of ${count} seeds, ${totals.red} red, ${seconds} s`);
  }
}
for (const [kind, seeds] of kinds) console.log(`${seeds.length} x ${kind}: seeds ${seeds.slice(0, 8).join(", ")}`);
console.log(
  `\n${count} seeds: ${totals.events} events, ${totals.posts} POSTs, ${totals.duplicates} duplicates, all with a cause unless told above; most schedules of an endpoint at a time: ${totals.schedulesMost}; red: ${totals.red}`,
);
recoveriesMs.sort((a, b) => a - b);
console.log(
  `${recoveriesMs.length} recoveries of a URL were seen after ${quantile(recoveriesMs, 0.5)} in the middle, ${quantile(recoveriesMs, 0.9)} in nine of ten, ${quantile(recoveriesMs, 0.99)} in 99 of 100`,
);
process.exitCode = totals.red === 0 ? 0 : 1;
