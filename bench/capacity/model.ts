import { WAKE_SHARDS } from "../../lambdas/adapters/dynamodb/table/table.ts";
import type { ShardCount } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { KeyUnits } from "../../local/emulator/usage-meter/key-units.ts";

/** The load to calculate for. */
export interface Load {
  readonly eventsPerSecond: number;
  /** Accounts that share the events equally. */
  readonly accounts: number;
  readonly batch: number;
  readonly receiverMs: number;
  /** The setting. */
  readonly shards: ShardCount;
}

/** The rate on one key of a kind, or a rate that a quota of AWS limits. */
export interface Rate {
  readonly name: string;
  readonly rate: number;
  readonly limit: number;
  readonly unit: string;
}

// Source: DynamoDB, "Designing partition keys": for each partition key.
const KEY_WRITES = 1_000;
const KEY_READS = 3_000;
/** AWS's default quotas, November 2026. */
const QUOTAS = { httpRequests: 10_000, concurrency: 1_000, tableWrites: 40_000, tableReads: 40_000 };
/** Of a dispatch besides its receivers' time, ms. Source: `npm run cost`. */
const DISPATCH_MS = 25;
/** Of a request to accept, ms. Source: `npm run cost`. */
const ACCEPT_MS = 5;
const SECOND_MS = 1_000;

/** `STATS#acme#emails#3` is one of `STATS#…#emails`. */
export function kindOf(key: string): string {
  const parts = key.split("#").filter((part) => !/^\d+$/.test(part));
  const [first = key, ...others] = parts;
  return others.length < 2 ? first : `${first}#…#${others.slice(1).join("#")}`;
}

/** The rates on the busiest key of each kind. */
export function keyRates(
  run: { readonly events: number; readonly byKey: ReadonlyMap<string, KeyUnits> },
  { eventsPerSecond, accounts, shards }: Pick<Load, "eventsPerSecond" | "accounts" | "shards">,
): Rate[] {
  // Partitions of an index among which its keys are spread: DynamoDB does not say which of them were written.
  const indexKeys: Readonly<Record<string, number>> = { "index statuses": shards, "index wakes": WAKE_SHARDS };
  const perSecond = eventsPerSecond / accounts / run.events;
  const kinds = [...Map.groupBy(run.byKey, ([key]) => kindOf(key))];
  return kinds.flatMap(([kind, all]) => {
    const keys = busyOnes(all);
    const total = (field: keyof KeyUnits) => keys.reduce((sum, [, units]) => sum + units[field], 0) * perSecond;
    const written = total("writeUnits");
    const spread = kind.startsWith("STATS") ? counterShards(written) : (indexKeys[kind] ?? keys.length);
    // The index of wake-ups is shared by all accounts.
    const shared = kind === "index wakes" ? accounts : 1;
    return [
      { name: kind, rate: (written * shared) / spread, limit: KEY_WRITES, unit: "write units a second" },
      { name: kind, rate: (total("readUnits") * shared) / spread, limit: KEY_READS, unit: "read units a second" },
    ].filter(({ rate }) => rate >= 0.05);
  });
}

/** Without keys of other accounts, such as the operator's, which get little. */
function busyOnes(keys: readonly (readonly [string, KeyUnits])[]): readonly (readonly [string, KeyUnits])[] {
  const unitsOf = ({ writeUnits, readUnits }: KeyUnits) => writeUnits + readUnits;
  const most = Math.max(...keys.map(([, units]) => unitsOf(units)));
  return keys.filter(([, units]) => unitsOf(units) > most / 4);
}

/** The shards that counters have at a rate: `CounterShards` doubles them. */
function counterShards(unitsPerSecond: number): number {
  let shards = 1;
  while (shards < LIMITS.statsShards && unitsPerSecond / shards > LIMITS.statsShardUnits) shards *= 2;
  return shards;
}

/** The rates that AWS's quotas limit, of all accounts together. */
export function quotaRates(
  run: {
    readonly events: number;
    readonly dispatches: number;
    readonly writeUnits: number;
    readonly readUnits: number;
  },
  { eventsPerSecond, batch, receiverMs }: Pick<Load, "eventsPerSecond" | "batch" | "receiverMs">,
): Rate[] {
  const perSecond = eventsPerSecond / run.events;
  const requests = eventsPerSecond / batch;
  const dispatches = run.dispatches * perSecond;
  const accepting = (requests * ACCEPT_MS) / SECOND_MS;
  const dispatching = (dispatches * (DISPATCH_MS + receiverMs)) / SECOND_MS;
  return [
    { name: "API Gateway", rate: requests, limit: QUOTAS.httpRequests, unit: "requests a second" },
    { name: "Lambda", rate: accepting + dispatching, limit: QUOTAS.concurrency, unit: "invocations at the same time" },
    { name: "the table", rate: run.writeUnits * perSecond, limit: QUOTAS.tableWrites, unit: "write units a second" },
    { name: "the table", rate: run.readUnits * perSecond, limit: QUOTAS.tableReads, unit: "read units a second" },
  ];
}
