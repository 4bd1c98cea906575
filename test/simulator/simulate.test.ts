import { describe, expect, it } from "vitest";
import { FAULTS } from "../../local/simulator/faults.ts";
import { MUTANTS } from "../../local/simulator/mutants.ts";

import { type Outcome, simulate } from "../../local/simulator/simulate.ts";
import FOUND from "./regression-seeds.json" with { type: "json" };

const SEEDS = 150;
const MUTANT_SEEDS = 1_000;
const OUTAGE_SEEDS = 30;
const TIMEOUT_MS = 600_000;

/** The outcome of each seed without a mutant. A seed always gives the same run, so one run is enough. */
const outcomes = new Map<number, Promise<Outcome>>();
function outcomeOf(seed: number): Promise<Outcome> {
  const outcome = outcomes.get(seed) ?? simulate(seed);
  outcomes.set(seed, outcome);
  return outcome;
}

describe("the retry rule under faults", () => {
  it("loses no event, leaves none without a wake-up, and sends none twice without an explanation", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = await outcomeOf(seed);
      for (const violation of violations) failures.push(`npm run simulate -- --seed ${seed} --verbose: ${violation}`);
    }
    expect(failures).toEqual([]);
  });

  it("has at most one schedule per endpoint at the same time if there are no faults", {
    timeout: TIMEOUT_MS,
  }, async () => {
    let runsWithoutFaults = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { faults, schedulesMost } = await outcomeOf(seed);
      if (faults.length > 0) continue;
      runsWithoutFaults++;
      expect(schedulesMost).toBeLessThanOrEqual(1);
    }
    expect(runsWithoutFaults).toBeGreaterThan(10);
  });

  // `npm run simulate` adds each failing seed to the file: a fixed bug stays fixed.
  it.each(FOUND)("no longer shows the bug that seed $seed found: $found", async ({ seed, isDirect = false }) => {
    expect((await simulate(seed, { isDirect })).violations).toEqual([]);
  });

  it("runs a seed the same way each time", async () => {
    const [once, again] = [await simulate(7, { isVerbose: true }), await simulate(7, { isVerbose: true })];
    expect(once.trace.length).toBeGreaterThan(100);
    expect(again).toEqual(once);
  });
});

describe("a URL that is down for hours while events arrive", () => {
  /** Minutes until its recovery was noticed: the median of all seeds. */
  async function medianRecoveryMinutes(earlyProbeMs: number): Promise<number> {
    const recoveriesMs: number[] = [];
    for (let seed = 1; seed <= OUTAGE_SEEDS; seed++) {
      const outcome = await simulate(seed, { kind: "outage", earlyProbeMs });
      expect(outcome.violations).toEqual([]);
      recoveriesMs.push(...outcome.recoveriesMs);
    }
    recoveriesMs.sort((a, b) => a - b);
    return (recoveriesMs[Math.floor(recoveriesMs.length / 2)] ?? 0) / 60_000;
  }

  it("is noticed within minutes of its recovery with early probes, but not with the half-hourly probes alone", {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect(await medianRecoveryMinutes(0)).toBeGreaterThan(8);
    expect(await medianRecoveryMinutes(300_000)).toBeLessThan(5);
  });
});

describe("rejected events at the front of a backlog", () => {
  // Seeds in which five rejected events in a row once delayed the events after them for hours.
  it.each([97, 114, 118, 172])("do not delay the events after them: seed %i", async (seed) => {
    expect((await simulate(seed, { kind: "outage", earlyProbeMs: 300_000 })).violations).toEqual([]);
  });
});

describe("the simulator", () => {
  it("injects every fault in at least one seed", { timeout: TIMEOUT_MS }, async () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++)
      for (const fault of (await outcomeOf(seed)).happened.keys()) happened.add(fault);
    expect(FAULTS.filter((fault) => !happened.has(fault))).toEqual([]);
  });

  const mutants = Object.entries(MUTANTS).filter(
    ([, { stormsFrom, isForFailing }]) => stormsFrom === undefined && !isForFailing,
  );
  it.each(mutants)("finds a violation with the mutant: %s", { timeout: TIMEOUT_MS }, async (_, mutant) => {
    const isFoundBy = async (seed: number) =>
      (await simulate(seed, { mutant })).violations.length > 0 && (await outcomeOf(seed)).violations.length === 0;
    let foundBy: number | undefined;
    for (let seed = 1; seed <= MUTANT_SEEDS && foundBy === undefined; seed++) if (await isFoundBy(seed)) foundBy = seed;
    expect(foundBy).toBeDefined();
  });
});
