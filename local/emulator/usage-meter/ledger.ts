import { UNITS, type Unit } from "./prices.ts";

export type Used = Readonly<Partial<Record<Unit, number>>>;

/** Who did what to what. */
export interface Doing {
  /** A function's service name; `pollers`, `Scheduler`, `callers`, or `AWS` for what has no caller of ours. */
  readonly by: string;
  /** As IAM abbreviates it. */
  readonly service: "dynamodb" | "sqs" | "scheduler" | "kms" | "lambda" | "apigateway" | "logs";
  readonly action: string;
  /** A table, or `table/index/name`; a queue; a schedule group; a key; a function; a route. */
  readonly resource: string;
}

/** One call. */
export interface Call extends Doing {
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  /** Answered with an error. AWS bills many of these too: `used` says what it costs. */
  readonly isFailure?: boolean;
  readonly used: Used;
}

/** All calls that are the same doing. */
export interface Count extends Doing {
  readonly calls: number;
  readonly failures: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly used: Used;
}

/** Counts what AWS would bill. */
export class Ledger {
  readonly #counts = new Map<string, Count>();

  add({ by, service, action, resource, requestBytes = 0, responseBytes = 0, isFailure = false, used }: Call): void {
    const doing = { by, service, action, resource };
    const key = keyOf(doing);
    const before = this.#counts.get(key) ?? nothing(doing);
    const once = { ...doing, calls: 1, failures: isFailure ? 1 : 0, requestBytes, responseBytes, used };
    this.#counts.set(key, combined(before, once, 1));
  }

  /** What was counted so far: a copy, ordered by service, caller and action. */
  counts(): Count[] {
    return [...this.#counts.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
}

/** What came between two readings of the same ledger. */
export function between(earlier: readonly Count[], later: readonly Count[]): Count[] {
  const before = new Map(earlier.map((count) => [keyOf(count), count]));
  return later
    .map((count) => combined(count, before.get(keyOf(count)) ?? nothing(count), -1))
    .filter(({ calls }) => calls > 0);
}

/** How much of a unit was used. */
export function usedOf(counts: readonly Count[], unit: Unit): number {
  return counts.reduce((sum, { used }) => sum + (used[unit] ?? 0), 0);
}

function keyOf({ service, by, action, resource }: Doing): string {
  return `${service}\0${by}\0${action}\0${resource}`;
}

function nothing({ by, service, action, resource }: Doing): Count {
  const none = { calls: 0, failures: 0, requestBytes: 0, responseBytes: 0, used: {} };
  return { by, service, action, resource, ...none };
}

function combined(one: Count, other: Count, sign: 1 | -1): Count {
  const used = UNITS.map((unit) => [unit, (one.used[unit] ?? 0) + sign * (other.used[unit] ?? 0)] as const);
  return {
    ...one,
    calls: one.calls + sign * other.calls,
    failures: one.failures + sign * other.failures,
    requestBytes: one.requestBytes + sign * other.requestBytes,
    responseBytes: one.responseBytes + sign * other.responseBytes,
    used: Object.fromEntries(used.filter(([, amount]) => amount !== 0)),
  };
}
