import * as z from "zod";
import { RappelError } from "../../shared/errors.ts";
import type { StatsKind, StatsWindow } from "../../stats/model/counters.ts";
import type { Counts } from "../../stats/model/counts.ts";
import {
  accountP99Ms,
  type EndpointCounts,
  endpointCounts,
  NO_DELIVERIES,
} from "../../stats/model/endpoint-counters.ts";
import { AccountCursor, cursorOf, Instant, timeText } from "../schemas/fields.ts";

interface StatsSeries {
  readonly from: number;
  readonly to: number;
  readonly intervals: readonly StatsWindow[];
}
/** The counts of a page of accounts. */
interface AccountSeries {
  readonly from: number;
  readonly to: number;
  readonly accounts: ReadonlyMap<string, readonly StatsWindow[]>;
  readonly next?: string;
}

/** The values of `by`, with the kind of counters that each one reads. */
const KINDS = {
  type: "events",
  outcome: "events",
  endpoint: "events",
  account: "events",
  destination: "emails",
} as const satisfies Record<string, StatsKind>;
type By = keyof typeof KINDS;
const MINUTE_MS = 60_000;
const INTERVALS = {
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "6h": 360 * MINUTE_MS,
  "1d": 1_440 * MINUTE_MS,
} as const;
const anyOf = (names: object) => `one of ${Object.keys(names).join(", ")}`;

export const StatsQueryFields = z.strictObject({
  from: Instant.optional().meta({ description: "Default: a day before `to`." }),
  to: Instant.optional().meta({ description: "Default: now." }),
  interval: z.enum(["5m", "15m", "1h", "6h", "1d"], anyOf(INTERVALS)).default("1h"),
  by: z.enum(["type", "outcome", "endpoint", "account", "destination"], anyOf(KINDS)).default("type").meta({
    description:
      "`type`: events by type. `outcome`: deliveries by the outcome of their first attempt, and pending ones again by their final outcome. `endpoint`: the same for each endpoint, with the response times. `account`: events and outcomes of the account; an operator key without `Rappel-Account` gets those of all accounts, in pages. `destination`: e-mails from Mailjet's and Sarbacane's events, by the recipients' domain.",
  }),
  cursor: AccountCursor.optional().meta({ description: "With `by=account`: the `nextCursor` of the page before." }),
});

const EmailOutcomes = z.strictObject({ delivered: z.int(), undelivered: z.int() });
const Outcomes = {
  delivered: z.int(),
  failed: z.int(),
  queued: z.int(),
  suspended: z.int(),
  deliveredLater: z.int(),
  exhausted: z.int(),
  cancelled: z.int(),
};
const EndpointOutcomes = z
  .strictObject({
    ...Outcomes,
    p50Ms: z.int().nullable().meta({ description: "Half of the responses took at most so long. null: no response." }),
    p95Ms: z.int().nullable().meta({ description: "95 % of the responses took at most so long." }),
    p99Ms: z.int().nullable().meta({ description: "99 % of the responses took at most so long." }),
  })
  .meta({ id: "EndpointStats", description: "Response times are estimated from counters of ten ranges." });
const AccountOutcomes = z
  .strictObject({
    events: z.int(),
    ...Outcomes,
    unmatched: z.int(),
    p99Ms: z
      .int()
      .nullable()
      .meta({ description: "99 % of the responses of its endpoints took at most so long. null: no response." }),
  })
  .meta({ id: "AccountStats" });
export const StatsView = z
  .strictObject({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    interval: z.string(),
    by: z.string(),
    nextCursor: z.string().nullable().meta({ description: "null except with `by=account`." }),
    data: z.array(
      z
        .strictObject({
          at: z.iso.datetime(),
          counts: z.record(z.string(), z.union([z.int(), EmailOutcomes, EndpointOutcomes, AccountOutcomes])),
        })
        .meta({
          description: "Every interval has every name, with 0 if there was none. `*`: all others together.",
        }),
    ),
  })
  .meta({ id: "Stats" });

type Query = z.output<typeof StatsQueryFields>;

export function statsQuery({ from, to, interval, by, cursor }: Query) {
  return {
    kind: KINDS[by],
    intervalMs: INTERVALS[interval],
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
    ...(cursor !== undefined && { after: cursor }),
  };
}

/**
 * @param read the counts of one account, or of each account of a page
 * @param only the only endpoint that the caller may see
 * @throws {RappelError} `SESSION_RESTRICTED` for counts that are not by endpoint
 */
export async function statsAnswer(
  query: Query,
  read: { series(): Promise<StatsSeries>; byAccount(): Promise<AccountSeries> },
  only?: string,
): Promise<z.input<typeof StatsView>> {
  if (only !== undefined) return statsOfEndpoint(query, read, only);
  return query.by === "account"
    ? accountStatsView(query, await read.byAccount())
    : statsView(query, await read.series());
}

async function statsOfEndpoint(query: Query, read: { series(): Promise<StatsSeries> }, only: string) {
  if (query.by !== "endpoint")
    throw new RappelError(
      "SESSION_RESTRICTED",
      `This session is about the endpoint ${only} alone: count with by=endpoint`,
    );
  const view = statsView(query, await read.series());
  const countsOf = ({ [only]: counts }: (typeof view.data)[number]["counts"]) =>
    counts === undefined ? {} : { [only]: counts };
  return { ...view, data: view.data.map(({ at, counts }) => ({ at, counts: countsOf(counts) })) };
}

export function statsView({ interval, by }: Query, series: StatsSeries): z.input<typeof StatsView> {
  const counted = series.intervals.map(({ at, counts }) => ({ at, counts: countsBy(by, counts) }));
  return { ...headOf(series, interval, by), nextCursor: null, data: rowsOf(counted, NONE[by]) };
}

function accountStatsView(
  { interval, by }: Query,
  { accounts, next, ...series }: AccountSeries,
): z.input<typeof StatsView> {
  const instants = [...accounts.values()][0]?.map(({ at }) => at) ?? [];
  const counted = instants.map((at, n) => ({
    at,
    counts: new Map([...accounts].map(([id, windows]) => [id, accountCounts(windows[n]?.counts ?? {})])),
  }));
  return { ...headOf(series, interval, by), nextCursor: cursorOf(next), data: rowsOf(counted, accountCounts({})) };
}

function headOf({ from, to }: { readonly from: number; readonly to: number }, interval: string, by: By) {
  return { from: timeText(from), to: timeText(to), interval, by };
}

type Count = number | typeof NO_EMAILS | EndpointCounts | ReturnType<typeof accountCounts>;

/** Every interval has every name. */
function rowsOf(counted: readonly { at: number; counts: ReadonlyMap<string, Count> }[], none: Count) {
  const names = [...new Set(counted.flatMap(({ counts }) => [...counts.keys()]))].sort();
  return counted.map(({ at, counts }) => ({
    at: timeText(at),
    counts: Object.fromEntries(names.map((name) => [name, counts.get(name) ?? none])),
  }));
}

function accountCounts(counts: Counts) {
  const outcome = (name: string) => counts[`outcome#${name}`] ?? 0;
  const types = Object.entries(counts).filter(([name]) => name.startsWith("type#"));
  return {
    events: types.reduce((sum, [, count]) => sum + count, 0),
    delivered: outcome("delivered"),
    failed: outcome("failed"),
    queued: outcome("queued"),
    suspended: outcome("suspended"),
    deliveredLater: outcome("deliveredLater"),
    exhausted: outcome("exhausted"),
    cancelled: outcome("cancelled"),
    unmatched: outcome("unmatched"),
    p99Ms: accountP99Ms(counts),
  };
}

const NO_EMAILS = { delivered: 0, undelivered: 0 };
const NONE = { type: 0, outcome: 0, account: 0, endpoint: NO_DELIVERIES, destination: NO_EMAILS } as const;

/** A Map, because a type can have the name of an object's own member, such as `constructor`. */
function countsBy(by: By, counts: Counts): ReadonlyMap<string, Count> {
  if (by === "endpoint") return endpointCounts(counts);
  if (by !== "destination")
    return new Map(
      Object.entries(counts).flatMap(([name, count]) =>
        name.startsWith(`${by}#`) ? [[name.slice(by.length + 1), count] as const] : [],
      ),
    );
  const domains = new Map<string, typeof NO_EMAILS>();
  for (const [name, count] of Object.entries(counts)) {
    const [, outcome, domain = ""] = name.split("#");
    const { delivered, undelivered } = domains.get(domain) ?? NO_EMAILS;
    domains.set(
      domain,
      outcome === "delivered"
        ? { delivered: delivered + count, undelivered }
        : { delivered, undelivered: undelivered + count },
    );
  }
  return domains;
}
