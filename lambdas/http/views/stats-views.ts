import * as z from "zod";
import type { Counts, StatsKind, StatsWindow } from "../../stats/model/counters.ts";
import { Instant, timeText } from "../schemas/fields.ts";

/** The values of `by`, with the kind of counters that each one reads. */
const KINDS = { type: "events", outcome: "events", destination: "emails" } as const satisfies Record<string, StatsKind>;
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
  by: z.enum(["type", "outcome", "destination"], anyOf(KINDS)).default("type").meta({
    description:
      "`type`: events by type. `outcome`: deliveries by the outcome of their first attempt, and pending ones again by their final outcome. `destination`: e-mails from Mailjet's and Sarbacane's events, by the recipients' domain.",
  }),
});

const EmailOutcomes = z.strictObject({ delivered: z.int(), undelivered: z.int() });
export const StatsView = z
  .strictObject({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    interval: z.string(),
    by: z.string(),
    data: z.array(
      z.strictObject({ at: z.iso.datetime(), counts: z.record(z.string(), z.union([z.int(), EmailOutcomes])) }).meta({
        description: "Every interval has every name, with 0 if there was none. `*`: all others together.",
      }),
    ),
  })
  .meta({ id: "Stats" });

type Query = z.output<typeof StatsQueryFields>;

export function statsQuery({ from, to, interval, by }: Query) {
  return {
    kind: KINDS[by],
    intervalMs: INTERVALS[interval],
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
  };
}

export function statsView(
  { interval, by }: Query,
  series: { readonly from: number; readonly to: number; readonly intervals: readonly StatsWindow[] },
): z.input<typeof StatsView> {
  const names = [...new Set(series.intervals.flatMap(({ counts }) => [...countsBy(by, counts).keys()]))].sort();
  const none = by === "destination" ? NO_EMAILS : 0;
  return {
    from: timeText(series.from),
    to: timeText(series.to),
    interval,
    by,
    data: series.intervals.map(({ at, counts }) => {
      const counted = countsBy(by, counts);
      return { at: timeText(at), counts: Object.fromEntries(names.map((name) => [name, counted.get(name) ?? none])) };
    }),
  };
}

const NO_EMAILS = { delivered: 0, undelivered: 0 };

/** A Map, because a type can have the name of an object's own member, such as `constructor`. */
function countsBy(by: By, counts: Counts): ReadonlyMap<string, number | typeof NO_EMAILS> {
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
