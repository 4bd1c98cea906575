import { describe, expect, it } from "vitest";
import { FAULTS } from "../../local/simulator/faults.ts";
import { MUTANTS } from "../../local/simulator/mutants.ts";

import { type Outcome, simulate } from "../../local/simulator/simulate.ts";
import FOUND from "./regression-seeds.json" with { type: "json" };

const GREEN_SEEDS = 150;
const MUTANT_SEEDS = 1_000;
const OUTAGE_SEEDS = 30;
const TIMEOUT_MS = 600_000;

/** Runs the simulator for each seed. A seed always gives the same result, so each runs once. */
const outcomes = new Map<number, Promise<Outcome>>();
function outcomeOf(seed: number): Promise<Outcome> {
  const outcome = outcomes.get(seed) ?? simulate(seed);
  outcomes.set(seed, outcome);
  return outcome;
}

describe("retries under random faults", () => {
  it("no event is lost or left undelivered, and no event is sent twice without a cause", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const red: string[] = [];
    for (let seed = 1; seed <= GREEN_SEEDS; seed++) {
      const { violations } = await outcomeOf(seed);
      for (const violation of violations) red.push(`npm run simulate -- --seed ${seed} --verbose: ${violation}`);
    }
    expect(red).toEqual([]);
  });

  it("an endpoint has one schedule at a time in a run without faults", { timeout: TIMEOUT_MS }, async () => {
    let quiet = 0;
    for (let seed = 1; seed <= GREEN_SEEDS; seed++) {
      const { faults, schedulesMost } = await outcomeOf(seed);
      if (faults.length > 0) continue;
      quiet++;
      expect(schedulesMost).toBeLessThanOrEqual(1);
    }
    expect(quiet).toBeGreaterThan(10);
  });

  // `npm run simulate` adds each failing seed there, as a regression test.
  it.each(FOUND)("seed $seed no longer fails: $found", async ({ seed, isDirect = false }) => {
    expect((await simulate(seed, { isDirect })).violations).toEqual([]);
  });

  it("a seed always gives the same result", async () => {
    const [once, again] = [await simulate(7, { isVerbose: true }), await simulate(7, { isVerbose: true })];
    expect(once.trace.length).toBeGreaterThan(100);
    expect(again).toEqual(once);
  });
});

describe("a URL that is down for hours while events arrive", () => {
  /** The median over all seeds of the minutes until the recovery was noticed. */
  async function noticedAfter(earlyProbeMs: number): Promise<number> {
    const recoveriesMs: number[] = [];
    for (let seed = 1; seed <= OUTAGE_SEEDS; seed++) {
      const outcome = await simulate(seed, { kind: "outage", earlyProbeMs });
      expect(outcome.violations).toEqual([]);
      recoveriesMs.push(...outcome.recoveriesMs);
    }
    recoveriesMs.sort((a, b) => a - b);
    return (recoveriesMs[Math.floor(recoveriesMs.length / 2)] ?? 0) / 60_000;
  }

  it("early probes notice a recovery within minutes, without waiting for the half-hourly probes", {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect(await noticedAfter(0)).toBeGreaterThan(8);
    expect(await noticedAfter(300_000)).toBeLessThan(5);
  });
});

describe("rejected events at the front of a backlog", () => {
  // Seeds in which five rejected events in a row held up the others for hours.
  it.each([97, 114, 118, 172])("rejected events do not hold up the others behind them: seed %i", async (seed) => {
    expect((await simulate(seed, { kind: "outage", earlyProbeMs: 300_000 })).violations).toEqual([]);
  });
});

describe("the simulator", () => {
  it("the simulator makes every kind of fault happen", { timeout: TIMEOUT_MS }, async () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= GREEN_SEEDS; seed++)
      for (const fault of (await outcomeOf(seed)).happened.keys()) happened.add(fault);
    expect(FAULTS.filter((fault) => !happened.has(fault))).toEqual([]);
  });

  it.each(Object.keys(MUTANTS))("the simulator finds the defect %s", { timeout: TIMEOUT_MS }, async (name) => {
    const mutant = MUTANTS[name];
    if (mutant === undefined) throw new RangeError(`There is no mutant "${name}"`);
    const isCaughtBy = async (seed: number) =>
      (await simulate(seed, { mutant })).violations.length > 0 && (await outcomeOf(seed)).violations.length === 0;
    let caughtBy: number | undefined;
    for (let seed = 1; seed <= MUTANT_SEEDS && caughtBy === undefined; seed++)
      if (await isCaughtBy(seed)) caughtBy = seed;
    expect(caughtBy).toBeDefined();
  });
});
