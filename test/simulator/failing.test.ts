import { describe, expect, it } from "vitest";
import { MUTANTS } from "../../local/simulator/mutants.ts";
import { simulate } from "../../local/simulator/simulate.ts";

const SEEDS = 24;
const COPIES_MAX = 10; // ours: a message that is received a hundred times must not be sent a hundred times
const TIMEOUT_MS = 600_000;

describe("a table that refuses calls, or functions that cannot start, for up to a day", () => {
  it("nothing is lost, all arrives without help afterwards, and few events arrive more than once", {
    timeout: TIMEOUT_MS,
  }, async () => {
    let deadLettered = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = await simulate(seed, { kind: "failing" });
      expect({ seed, violations: outcome.violations }).toEqual({ seed, violations: [] });
      expect(outcome.copiesMost).toBeLessThan(COPIES_MAX);
      deadLettered += outcome.deadLettered;
    }
    expect(deadLettered).toBeGreaterThan(0);
  });

  it("without the trial write a message would be sent with each receive", { timeout: TIMEOUT_MS }, async () => {
    const mutant = MUTANTS["no trial write before an event is sent again"] ?? {};
    const copies: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed++)
      copies.push((await simulate(seed, { kind: "failing", mutant })).copiesMost);
    expect(Math.max(...copies)).toBeGreaterThan(COPIES_MAX);
  });
});
