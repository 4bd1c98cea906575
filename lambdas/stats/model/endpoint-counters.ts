import type { EndedDelivery, FirstResult, LoggedEvent } from "../../delivery/model/delivery.ts";
import { type Counts, OTHERS } from "./counts.ts";

/** The names of an endpoint's counters start with it. Names are short, because DynamoDB bills an update by the item's size. */
export const ENDPOINT_FAMILY = "ep.";
const ID_PREFIX = "ep_";

/** Outcomes of an endpoint's deliveries: those of first attempts, and those of deliveries that were pending. */
const OUTCOME_NAMES = [
  "delivered",
  "failed",
  "queued",
  "suspended",
  "deliveredLater",
  "exhausted",
  "cancelled",
] as const;
type OutcomeName = (typeof OUTCOME_NAMES)[number];

/** Upper bounds of the receivers' response times that are counted together, ms. Ours: the last one is over any timeout. */
const BOUNDS_MS = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000] as const;

/** The counters that an event adds to for its endpoints. */
export function firstAttemptNames({ delivered, parked, withheld }: LoggedEvent): string[] {
  return [
    ...Object.entries(delivered).flatMap(([id, result]) => [named("delivered", id), ...timeNames(id, result)]),
    ...Object.entries(parked).flatMap(([id, result]) => [
      named(result.code === "untried" ? "queued" : "failed", id),
      ...timeNames(id, result),
    ]),
    ...Object.entries(withheld).map(([id, { code }]) => named(code === "untried" ? "suspended" : "failed", id)),
  ];
}

/** The counters that the final outcome of a pending delivery adds to. */
export function finalNames(
  { endpoint, status, attempts }: Pick<EndedDelivery, "endpoint" | "status" | "attempts">,
  outcome: string,
): string[] {
  const last = attempts.at(-1);
  const time = status === "delivered" && last !== undefined ? [named(boundOf(last.durationMs), endpoint)] : [];
  return [named(outcome, endpoint), ...time];
}

function named(what: string | number, endpoint: string): string {
  return `${ENDPOINT_FAMILY}${what}#${endpoint.slice(ID_PREFIX.length)}`;
}

/** Only responses have a time: a timeout or a refused connection says nothing about it. */
function timeNames(endpoint: string, { code, durationMs }: FirstResult): string[] {
  return typeof code === "number" ? [named(boundOf(durationMs), endpoint)] : [];
}

function boundOf(durationMs: number): number {
  return BOUNDS_MS.find((bound) => durationMs <= bound) ?? BOUNDS_MS[BOUNDS_MS.length - 1] ?? 0;
}

export type EndpointCounts = Readonly<Record<OutcomeName, number>> & {
  /** Half of the responses took at most so long, ms: estimated within the bounds. `null`: there was no response. */
  readonly p50Ms: number | null;
  /** 95 % of the responses. */
  readonly p95Ms: number | null;
  /** 99 % of the responses. */
  readonly p99Ms: number | null;
};

/** The counts by endpoint; `*`: all endpoints for which a window had no room. */
export function endpointCounts(counts: Counts): ReadonlyMap<string, EndpointCounts> {
  const byEndpoint = new Map<string, Map<string, number>>();
  for (const [name, count] of Object.entries(counts)) {
    if (!name.startsWith(ENDPOINT_FAMILY)) continue;
    const [what = "", id = ""] = name.slice(ENDPOINT_FAMILY.length).split("#");
    const endpoint = id === OTHERS ? id : `${ID_PREFIX}${id}`;
    const held = byEndpoint.get(endpoint) ?? new Map<string, number>();
    byEndpoint.set(endpoint, held.set(what, (held.get(what) ?? 0) + count));
  }
  return new Map([...byEndpoint].map(([endpoint, held]) => [endpoint, countsOfOne(held)]));
}

export const NO_DELIVERIES: EndpointCounts = countsOfOne(new Map());

function countsOfOne(held: ReadonlyMap<string, number>): EndpointCounts {
  const outcome = (name: OutcomeName) => held.get(name) ?? 0;
  return {
    delivered: outcome("delivered"),
    failed: outcome("failed"),
    queued: outcome("queued"),
    suspended: outcome("suspended"),
    deliveredLater: outcome("deliveredLater"),
    exhausted: outcome("exhausted"),
    cancelled: outcome("cancelled"),
    p50Ms: quantileMs(held, 0.5),
    p95Ms: quantileMs(held, 0.95),
    p99Ms: quantileMs(held, 0.99),
  };
}

/** How long 99 % of the responses of all endpoints together took at most, ms. `null`: there was no response. */
export function accountP99Ms(counts: Counts): number | null {
  const held = new Map<string, number>();
  for (const [name, count] of Object.entries(counts)) {
    if (!name.startsWith(ENDPOINT_FAMILY)) continue;
    const [what = ""] = name.slice(ENDPOINT_FAMILY.length).split("#");
    held.set(what, (held.get(what) ?? 0) + count);
  }
  return quantileMs(held, 0.99);
}

/** Within the bounds that hold the quantile, the times are taken to be spread evenly. */
function quantileMs(held: ReadonlyMap<string, number>, quantile: number): number | null {
  const counted = BOUNDS_MS.map((bound) => held.get(String(bound)) ?? 0);
  const total = counted.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = quantile * total;
  let below = 0;
  for (const [n, count] of counted.entries()) {
    const [from, to] = [n === 0 ? 0 : (BOUNDS_MS[n - 1] ?? 0), BOUNDS_MS[n] ?? 0];
    if (count > 0 && below + count >= wanted) return Math.round(from + ((wanted - below) / count) * (to - from));
    below += count;
  }
  return null;
}
