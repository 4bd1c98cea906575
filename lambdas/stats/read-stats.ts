import type { Clock } from "../ports/clock.ts";
import type { Stats } from "../ports/stats.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { intervals, type StatsKind, type StatsWindow } from "./model/counters.ts";

export interface StatsQuery {
  readonly kind: StatsKind;
  /** Epoch ms. By default the last day. */
  readonly from?: number;
  readonly to?: number;
  readonly intervalMs: number;
}

/** Counts by interval. Intervals are aligned to UTC. */
export interface StatsSeries {
  readonly from: number;
  readonly to: number;
  readonly intervals: readonly StatsWindow[];
}

const DAY_MS = 86_400_000;
const LAST_INSTANT = 253_402_300_799_999; // RFC 3339 has years of four digits

/** @throws {RappelError} `FIELDS_INVALID` */
export async function readStats(
  { clock, stats }: { readonly clock: Clock; readonly stats: Stats },
  account: string,
  { kind, intervalMs, ...period }: StatsQuery,
): Promise<StatsSeries> {
  const until = period.to ?? clock.now();
  const from = Math.floor((period.from ?? until - DAY_MS) / intervalMs) * intervalMs;
  const to = Math.ceil(until / intervalMs) * intervalMs;
  if (to > LAST_INSTANT) refuse("?to", "a time whose interval ends by 9999-12-31T23:59:59.999Z");
  if (to <= from) refuse("?from", "a time before `to`");
  if ((to - from) / intervalMs > LIMITS.statsIntervals)
    refuse("?interval", `an interval that divides the period into at most ${LIMITS.statsIntervals}`);
  if (to - from > LIMITS.statsDays * DAY_MS + intervalMs)
    refuse("?from", `at most ${LIMITS.statsDays} days before \`to\``);
  const windows = await stats.read(kind, account, { from, to });
  return { from, to, intervals: intervals(windows, { from, to, intervalMs }) };
}

function refuse(pointer: string, allowed: string): never {
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", {
    errors: [{ pointer, detail: "is invalid", allowed }],
  });
}
