import { type Count, type Used, usedOf } from "./ledger.ts";
import { PRICES, UNITS, type Unit } from "./prices.ts";

/** How much of each unit. */
export type Uses = Readonly<Record<Unit, number>>;

export function usesOf(counts: readonly Count[]): Uses {
  return ofEach((unit) => usedOf(counts, unit));
}

export function scaled(uses: Uses, by: number): Uses {
  return ofEach((unit) => uses[unit] * by);
}

/** What it costs by the list, in dollars. */
export function dollarsFor(used: Used): number {
  return UNITS.reduce((sum, unit) => sum + ((used[unit] ?? 0) * PRICES[unit].dollars) / PRICES[unit].per, 0);
}

function ofEach(of: (unit: Unit) => number): Uses {
  return {
    httpRequests: of("httpRequests"),
    lambdaRequests: of("lambdaRequests"),
    gbSeconds: of("gbSeconds"),
    sqsRequests: of("sqsRequests"),
    writeUnits: of("writeUnits"),
    readUnits: of("readUnits"),
    schedulerInvocations: of("schedulerInvocations"),
    kmsRequests: of("kmsRequests"),
    logBytes: of("logBytes"),
  };
}
