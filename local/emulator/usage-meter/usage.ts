import { type Count, type Used, usedOf } from "./ledger.ts";
import { PRICES, UNITS, type Unit } from "./prices.ts";

/** The amount of each unit. */
export type Usage = Readonly<Record<Unit, number>>;

export function usageOf(counts: readonly Count[]): Usage {
  return forEachUnit((unit) => usedOf(counts, unit));
}

export function scaled(usage: Usage, factor: number): Usage {
  return forEachUnit((unit) => usage[unit] * factor);
}

/** The list price in dollars. */
export function dollarsFor(used: Used): number {
  return UNITS.reduce((sum, unit) => sum + ((used[unit] ?? 0) * PRICES[unit].dollars) / PRICES[unit].per, 0);
}

function forEachUnit(of: (unit: Unit) => number): Usage {
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
