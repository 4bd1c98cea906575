import { UNITS, type Unit } from "./prices.ts";

export type Used = Readonly<Partial<Record<Unit, number>>>;

/** The kind of a call: who called which action on which resource. */
export interface CallKind {
  /** A function's service name; `pollers`, `Scheduler`, `callers`, or `AWS` if no part of Rappel calls it. */
  readonly by: string;
  /** As IAM abbreviates it. */
  readonly service: "dynamodb" | "sqs" | "scheduler" | "kms" | "lambda" | "apigateway" | "logs";
  readonly action: string;
  /** A table, or `table/index/name`; a queue; a schedule group; a key; a function; a route. */
  readonly resource: string;
}

/** One call. */
export interface Call extends CallKind {
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  /** Whether it failed. AWS bills many failed calls too: `used` is correct for them. */
  readonly isFailure?: boolean;
  readonly used: Used;
}

/** The totals of one kind of call. */
export interface Count extends CallKind {
  readonly calls: number;
  readonly failures: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly used: Used;
}

/** Counts calls and their billable usage. */
export class Ledger {
  readonly #counts = new Map<string, Count>();

  add({ by, service, action, resource, requestBytes = 0, responseBytes = 0, isFailure = false, used }: Call): void {
    const kind = { by, service, action, resource };
    const key = keyOf(kind);
    const before = this.#counts.get(key) ?? emptyCount(kind);
    const once = { ...kind, calls: 1, failures: isFailure ? 1 : 0, requestBytes, responseBytes, used };
    this.#counts.set(key, combined(before, once, 1));
  }

  /** A copy of all counts so far, ordered by service, caller and action. */
  counts(): Count[] {
    return [...this.#counts.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
}

/** The difference of two readings of the same ledger. */
export function between(earlier: readonly Count[], later: readonly Count[]): Count[] {
  const before = new Map(earlier.map((count) => [keyOf(count), count]));
  return later
    .map((count) => combined(count, before.get(keyOf(count)) ?? emptyCount(count), -1))
    .filter(({ calls }) => calls > 0);
}

/** The sum of one unit. */
export function usedOf(counts: readonly Count[], unit: Unit): number {
  return counts.reduce((sum, { used }) => sum + (used[unit] ?? 0), 0);
}

function keyOf({ service, by, action, resource }: CallKind): string {
  return `${service}\0${by}\0${action}\0${resource}`;
}

function emptyCount({ by, service, action, resource }: CallKind): Count {
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
