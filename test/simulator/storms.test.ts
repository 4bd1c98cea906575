import { describe, expect, it } from "vitest";
import { MUTANTS } from "../../local/simulator/mutants.ts";
import { simulate } from "../../local/simulator/simulate.ts";

const SEEDS = 300;
const MUTANT_SEEDS = 1_000;
const TIMEOUT_MS = 600_000;

const violationsOf = async (seed: number, mutant = {}) => (await simulate(seed, { kind: "storm", mutant })).violations;

describe("storms: events and requests that arrive while the retry rounds of endpoints with backups run", () => {
  it("lose no event, leave none without a wake-up, and send none twice without an explanation", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++)
      for (const violation of await violationsOf(seed))
        failures.push(`npm run simulate -- --storm --seed ${seed} --verbose: ${violation}`);
    expect(failures).toEqual([]);
  });

  const mutants = Object.entries(MUTANTS).filter(([, { stormsFrom }]) => stormsFrom !== undefined);
  it.each(mutants)("find a violation with the mutant: %s", { timeout: TIMEOUT_MS }, async (_, mutant) => {
    const isFoundBy = async (seed: number) =>
      (await violationsOf(seed, mutant)).length > 0 && (await violationsOf(seed)).length === 0;
    const { stormsFrom = 1 } = mutant;
    let foundBy: number | undefined;
    for (let seed = stormsFrom; seed < stormsFrom + MUTANT_SEEDS && foundBy === undefined; seed++)
      if (await isFoundBy(seed)) foundBy = seed;
    expect(foundBy).toBeDefined();
  });
});
