import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Page } from "../ports/page.ts";
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

/** @throws {RappelError} `FIELDS_INVALID`, `ACCOUNT_REQUIRED` */
export async function readStats(
  { clock, stats }: { readonly clock: Clock; readonly stats: Stats },
  account: string | undefined,
  { kind, intervalMs, ...period }: StatsQuery,
): Promise<StatsSeries> {
  if (account === undefined)
    throw new RappelError(
      "ACCOUNT_REQUIRED",
      "Name an account in the header Rappel-Account, or count all accounts with by=account",
    );
  const { from, to } = checkedPeriod(period, intervalMs, clock.now());
  const windows = await stats.read(kind, account, { from, to });
  return { from, to, intervals: intervals(windows, { from, to, intervalMs }) };
}

/** The counts of each account of a page. */
export interface AccountSeries {
  readonly from: number;
  readonly to: number;
  readonly accounts: ReadonlyMap<string, readonly StatsWindow[]>;
  readonly next?: string;
}

/**
 * The counts of one account, or of a page of all accounts, by id.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export async function readStatsByAccount(
  ports: { readonly clock: Clock; readonly stats: Stats; readonly accounts: Pick<Accounts, "list"> },
  account: string | undefined,
  { intervalMs, after, ...period }: StatsQuery & { readonly after?: string },
): Promise<AccountSeries> {
  const { from, to } = checkedPeriod(period, intervalMs, ports.clock.now());
  const query = { limit: LIMITS.statsAccounts, ...(after !== undefined && { after }) };
  const page: Page<{ readonly id: string }> =
    account === undefined ? await ports.accounts.list(query) : { items: [{ id: account }] };
  const read = page.items.map(async ({ id }) => {
    const windows = await ports.stats.read("events", id, { from, to });
    return [id, intervals(windows, { from, to, intervalMs })] as const;
  });
  return { from, to, accounts: new Map(await Promise.all(read)), ...(page.next !== undefined && { next: page.next }) };
}

function checkedPeriod(
  period: { readonly from?: number; readonly to?: number },
  intervalMs: number,
  now: number,
): { from: number; to: number } {
  const until = period.to ?? now;
  const from = Math.floor((period.from ?? until - DAY_MS) / intervalMs) * intervalMs;
  const to = Math.ceil(until / intervalMs) * intervalMs;
  if (to > LAST_INSTANT) refuse("?to", "a time whose interval ends by 9999-12-31T23:59:59.999Z");
  if (to <= from) refuse("?from", "a time before `to`");
  if ((to - from) / intervalMs > LIMITS.statsIntervals)
    refuse("?interval", `an interval that divides the period into at most ${LIMITS.statsIntervals}`);
  if (to - from > LIMITS.statsDays * DAY_MS + intervalMs)
    refuse("?from", `at most ${LIMITS.statsDays} days before \`to\``);
  return { from, to };
}

function refuse(pointer: string, allowed: string): never {
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", {
    errors: [{ pointer, detail: "is invalid", allowed }],
  });
}
