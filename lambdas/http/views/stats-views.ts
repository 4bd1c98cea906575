import * as z from "zod";
import type { Counts, StatsKind, StatsWindow } from "../../stats/model/counters.ts";
import { Instant, timeText } from "../schemas/fields.ts";

/** What counts can be told by, and where they are kept. */
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
  from: Instant.optional().meta({ description: "Without it, a day before `to`." }),
  to: Instant.optional().meta({ description: "Without it, now." }),
  interval: z.enum(["5m", "15m", "1h", "6h", "1d"], anyOf(INTERVALS)).default("1h"),
  by: z.enum(["type", "outcome", "destination"], anyOf(KINDS)).default("type").meta({
    description:
      "`type`: events by type; `outcome`: deliveries by what became of their first attempt, and once more at their end where they had waited; `destination`: e-mails of Mailjet's and Sarbacane's events by the recipients' domain.",
  }),
});

const Fates = z.strictObject({ delivered: z.int(), undelivered: z.int() });
export const StatsView = z
  .strictObject({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    interval: z.string(),
    by: z.string(),
    data: z.array(
      z.strictObject({ at: z.iso.datetime(), counts: z.record(z.string(), z.union([z.int(), Fates])) }).meta({
        description: "Every name stands in every interval, 0 where there was none. `*`: all others together.",
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
  const names = [...new Set(series.intervals.flatMap(({ counts }) => [...viewed(by, counts).keys()]))].sort();
  const none = by === "destination" ? NO_FATES : 0;
  return {
    from: timeText(series.from),
    to: timeText(series.to),
    interval,
    by,
    data: series.intervals.map(({ at, counts }) => {
      const told = viewed(by, counts);
      return { at: timeText(at), counts: Object.fromEntries(names.map((name) => [name, told.get(name) ?? none])) };
    }),
  };
}

const NO_FATES = { delivered: 0, undelivered: 0 };

/** A map, for a type may be called like what every object has. */
function viewed(by: By, counts: Counts): ReadonlyMap<string, number | typeof NO_FATES> {
  if (by !== "destination")
    return new Map(
      Object.entries(counts).flatMap(([name, count]) =>
        name.startsWith(`${by}#`) ? [[name.slice(by.length + 1), count] as const] : [],
      ),
    );
  const domains = new Map<string, typeof NO_FATES>();
  for (const [name, count] of Object.entries(counts)) {
    const [, fate, domain = ""] = name.split("#");
    const { delivered, undelivered } = domains.get(domain) ?? NO_FATES;
    domains.set(
      domain,
      fate === "delivered"
        ? { delivered: delivered + count, undelivered }
        : { delivered, undelivered: undelivered + count },
    );
  }
  return domains;
}
