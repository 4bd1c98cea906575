/** `npm run simulate`: runs the delivery and retry code under injected faults, one run per seed. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";
import { MUTANTS } from "../local/simulator/mutants.ts";
import { type Outcome, simulate } from "../local/simulator/simulate.ts";

const HELP = `Runs the delivery and retry code in memory under virtual time. A seed chooses the traffic and the faults.

  npm run simulate                                runs the seeds 1 to 1000
  npm run simulate -- --seeds 100                 runs 100 seeds
  npm run simulate -- --from 5001 --seeds 100     runs 100 seeds from 5001
  npm run simulate -- --seed 42                   runs only seed 42
  npm run simulate -- --seed 42 --verbose         prints each step of the run too
  npm run simulate -- --outage --seeds 100        runs outages of 1 to 4 hours with an event a minute
  npm run simulate -- --failing --seeds 100       lets the table, or all functions but accept, fail for 1 to 24 hours
  npm run simulate -- --storm --seeds 100         runs traffic with backups, where events and requests arrive during rounds
  npm run simulate -- --early-probe-seconds 300   probes a failing URL this often between two retries, 0 for never;
                                                  by default the seed chooses
  npm run simulate -- --strict                    also fails if an event is exhausted early although its receiver
                                                  would have accepted it
  npm run simulate -- --mutant "no sweeper"       removes one safeguard: the run is expected to fail
  npm run simulate -- --help                      shows this

Mutants: ${Object.keys(MUTANTS).join(", ")}.

The exit code is 1 if a seed violates an invariant, and 2 for an invalid flag. A seed that fails without --outage,
--storm, --failing, --early-probe-seconds, --strict and --mutant is added to test/simulator/regression-seeds.json.
`;
const TRACE_LINES = 60;
const SEEDS_SHOWN = 10;

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new RangeError(`Cannot use --${name} ${text}: need a whole number from ${min} to ${max}`);
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: "string", default: "1000" },
        from: { type: "string", default: "1" },
        seed: { type: "string" },
        verbose: { type: "boolean", default: false },
        mutant: { type: "string" },
        strict: { type: "boolean", default: false },
        "early-probe-seconds": { type: "string" },
        outage: { type: "boolean", default: false },
        storm: { type: "boolean", default: false },
        failing: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { seeds, from, seed, mutant: name, "early-probe-seconds": seconds } = values;
    const mutant = name === undefined ? undefined : MUTANTS[name];
    if (name !== undefined && mutant === undefined)
      throw new RangeError(`Cannot use --mutant "${name}": need one of ${Object.keys(MUTANTS).join(", ")}`);
    return {
      ...values,
      first: wholeNumber(seed === undefined ? "from" : "seed", seed ?? from, 0, Number.MAX_SAFE_INTEGER),
      count: seed === undefined ? wholeNumber("seeds", seeds, 1, 10_000_000) : 1,
      ...(mutant && { mutantChanges: mutant }),
      ...(seconds !== undefined && { earlyProbeMs: wholeNumber("early-probe-seconds", seconds, 0, 99_999) * 1_000 }),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}

const flags = readFlags();
if (flags.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const { first, count, mutantChanges, earlyProbeMs } = flags;
const kind = (["storm", "outage", "failing"] as const).find((name) => flags[name]);
const run = (seed: number, isVerbose: boolean) =>
  simulate(seed, {
    isVerbose,
    isStrict: flags.strict,
    ...(mutantChanges && { mutant: mutantChanges }),
    ...(kind && { kind }),
    ...(earlyProbeMs !== undefined && { earlyProbeMs }),
  });
/** Only a seed that fails with the default flags becomes a regression test. */
const hasDefaultFlags =
  mutantChanges === undefined && !flags.strict && kind === undefined && earlyProbeMs === undefined;
const REGRESSION_SEEDS = new URL("../test/simulator/regression-seeds.json", import.meta.url);
const RegressionSeeds = z.array(z.object({ seed: z.int(), found: z.string(), isDirect: z.boolean().optional() }));

function addRegressionSeed({ seed, violations: [violation = ""] }: Outcome): void {
  const known = RegressionSeeds.parse(JSON.parse(readFileSync(REGRESSION_SEEDS, "utf8")));
  if (known.some((one) => one.seed === seed)) return;
  const all = [...known, { seed, found: withoutIds(violation) }];
  writeFileSync(REGRESSION_SEEDS, `${JSON.stringify(all, undefined, 2)}\n`);
  console.log("  added to test/simulator/regression-seeds.json: npm test runs it from now on");
}

/** A violation without ids and numbers, to count those of the same kind. */
function withoutIds(violation: string): string {
  return violation.replaceAll(/(evt|ep)_\w+/g, "$1").replaceAll(/\d[\d.]*/g, "N");
}

function quantile(sorted: readonly number[], part: number): string {
  return `${((sorted[Math.floor(sorted.length * part)] ?? 0) / 60_000).toFixed(1)} min`;
}

function printTimes(what: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const [median, p90, p99] = [0.5, 0.9, 0.99].map((part) => quantile(times, part));
  if (times.length > 0) console.log(`${times.length} ${what} ${median} (median), ${p90} (p90), ${p99} (p99)`);
}

function replayCommand(seed: number): string {
  const mutant = flags.mutant === undefined ? "" : ` --mutant "${flags.mutant}"`;
  const probes = earlyProbeMs === undefined ? "" : ` --early-probe-seconds ${earlyProbeMs / 1_000}`;
  return `npm run simulate -- --seed ${seed} --verbose${mutant}${flags.strict ? " --strict" : ""}${kind === undefined ? "" : ` --${kind}`}${probes}`;
}

function printFailure({ seed, kind, violations, faults }: Outcome): void {
  console.log(`\nSeed ${seed} (${kind}) violates invariants:\n  ${violations.slice(0, 5).join("\n  ")}`);
  console.log(`  faults: ${faults.join(", ") || "none"}\n  replay: ${replayCommand(seed)}`);
}

const totals = { events: 0, posts: 0, duplicates: 0, schedulesMost: 0, failed: 0 };
/** The seeds that show each kind of violation. */
const seedsByKind = new Map<string, number[]>();
const recoveriesMs: number[] = [];
const restartsMs: number[] = [];
const startedAt = performance.now();
for (let seed = first; seed < first + count; seed++) {
  const outcome = await run(seed, flags.verbose);
  totals.events += outcome.events;
  totals.posts += outcome.posts;
  totals.duplicates += outcome.duplicates;
  totals.schedulesMost = Math.max(totals.schedulesMost, outcome.schedulesMost);
  if (flags.verbose) console.log(outcome.trace.join("\n"));
  recoveriesMs.push(...outcome.recoveriesMs);
  restartsMs.push(...outcome.restartsMs);
  for (const kind of new Set(outcome.violations.map(withoutIds)))
    seedsByKind.set(kind, [...(seedsByKind.get(kind) ?? []), seed]);
  if (outcome.violations.length > 0) {
    if (totals.failed++ < SEEDS_SHOWN) {
      printFailure(outcome);
      if (hasDefaultFlags) addRegressionSeed(outcome);
    }
    if (totals.failed === 1 && !flags.verbose) {
      const { trace } = await run(seed, true);
      const at = trace.findIndex((line) => line.includes("VIOLATION"));
      console.log(trace.slice(Math.max(0, at - TRACE_LINES), at + 1).join("\n"));
    }
  }
  const done = seed - first + 1;
  if (done % 50 === 0 || done === count) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`\r${done} of ${count} seeds, ${totals.failed} failed, ${seconds} s`);
  }
}
for (const [kind, seeds] of seedsByKind)
  console.log(`${seeds.length} x ${kind}: seeds ${seeds.slice(0, 8).join(", ")}`);
console.log(
  `\n${count} seeds, ${totals.failed} failed: ${totals.events} events, ${totals.posts} POSTs, ${totals.duplicates} duplicates (all explained by a fault, unless listed above), at most ${totals.schedulesMost} schedules of an endpoint at the same time`,
);
printTimes("recoveries of a URL, noticed after", recoveriesMs);
printTimes("killed rounds, the next one began after", restartsMs);
process.exitCode = totals.failed === 0 ? 0 : 1;
