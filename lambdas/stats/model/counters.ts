import type { EndedDelivery, LoggedEvent } from "../../delivery/model/delivery.ts";
import { LIMITS } from "../../shared/limits.ts";
import { emailOutcomeOf } from "./email-outcome.ts";

/**
 * The counters of an account in windows of five minutes. `events`: every event by type, and its deliveries by outcome.
 * `emails`: e-mails delivered or not, by domain, from Mailjet's and Sarbacane's events. They are separate items, because
 * DynamoDB bills an update by the size of the whole item, and one under 1 KB is one unit.
 */
export const STATS_KINDS = ["events", "emails"] as const;
export type StatsKind = (typeof STATS_KINDS)[number];

/** Counts by name: `type#open`, `outcome#delivered`; `mailjet#undelivered#example.com`. */
export type Counts = Readonly<Record<string, number>>;

export interface StatsWindow {
  /** Its start, epoch ms. */
  readonly at: number;
  readonly counts: Counts;
}

export const WINDOW_MS = LIMITS.statsWindowSeconds * 1_000;

/** Outcomes of first attempts. `unmatched` counts events, the others count deliveries. */
const FIRST_OUTCOMES = ["delivered", "failed", "queued", "suspended", "unmatched"] as const;

/** All names for which a window has no room, counted together. Neither a type nor a domain can have this name. */
export const OTHERS = "*";

export function windowAt(now: number): number {
  return Math.floor(now / WINDOW_MS) * WINDOW_MS;
}

/** The counts that newly logged events add to their account's window. */
export function countsOf(kind: StatsKind, events: readonly LoggedEvent[]): Counts {
  const counts = new Map<string, number>();
  const add = (name: string, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by);
  for (const event of events) {
    if (kind === "emails") {
      const email = emailOutcomeOf(event);
      if (email !== undefined)
        add(`${email.source}#${email.isDelivered ? "delivered" : "undelivered"}#${email.domain ?? OTHERS}`);
      continue;
    }
    add(`type#${event.type}`);
    for (const [outcome, times] of Object.entries(outcomesOf(event))) if (times > 0) add(`outcome#${outcome}`, times);
  }
  return Object.fromEntries(counts);
}

function outcomesOf({ delivered, parked, withheld }: LoggedEvent): Record<(typeof FIRST_OUTCOMES)[number], number> {
  const queued = Object.values(parked).filter(({ code }) => code === "untried").length;
  const suspended = Object.values(withheld).filter(({ code }) => code === "untried").length;
  const looped = Object.keys(withheld).length - suspended;
  const all = {
    delivered: Object.keys(delivered).length,
    failed: Object.keys(parked).length - queued + looped,
    queued,
    suspended,
  };
  return { ...all, unmatched: Object.values(all).every((count) => count === 0) ? 1 : 0 };
}

/** The counter of each final outcome of a delivery that was pending. */
const FINAL_OUTCOMES: Readonly<Record<EndedDelivery["status"], string>> = {
  delivered: "outcome#deliveredLater",
  exhausted: "outcome#exhausted",
  cancelled: "outcome#cancelled",
};

export function finalOutcomeCounts(ended: readonly Pick<EndedDelivery, "status">[]): Counts {
  return Object.fromEntries(
    [...Map.groupBy(ended, ({ status }) => FINAL_OUTCOMES[status])].map(([name, some]) => [name, some.length]),
  );
}

/** An update of a window. */
export interface Addition {
  readonly counts: Counts;
  /** Names removed to make room for more frequent ones: their counts are added to `*`. */
  readonly dropped: readonly string[];
}

/**
 * The update of a window, which has room for the names of the most frequent types or domains. A new name replaces a less
 * frequent one, so that a type that comes late and often is counted by name too.
 * @param held the window's counts, as this function last read them
 */
export function additionTo(kind: StatsKind, counts: Counts, held: Counts): Addition {
  const max = kind === "events" ? LIMITS.statsTypes : LIMITS.statsDomains;
  const bySubject = new Map<string, number>();
  for (const [name, count] of [...Object.entries(counts), ...Object.entries(held).toReversed()]) {
    const subject = subjectOf(name);
    if (subject !== undefined) bySubject.set(subject, (bySubject.get(subject) ?? 0) + count);
  }
  // Among equals the newest stay: they come first, and sorting is stable.
  const kept = new Set(
    [...bySubject]
      .sort(([, a], [, b]) => b - a)
      .slice(0, max)
      .map(([subject]) => subject),
  );
  const isKept = (name: string) => kept.has(subjectOf(name) ?? "") || subjectOf(name) === undefined;
  const dropped = Object.keys(held).filter((name) => !isKept(name));
  const moved = dropped.map((name) => ({ [ofOthers(name)]: held[name] ?? 0 }));
  const added = Object.entries(counts).map(([name, count]) => ({ [isKept(name) ? name : ofOthers(name)]: count }));
  return { counts: summed([...added, ...moved]), dropped };
}

function ofOthers(name: string): string {
  return `${name.slice(0, name.lastIndexOf("#"))}#${OTHERS}`;
}

function subjectOf(name: string): string | undefined {
  const subject = name.slice(name.lastIndexOf("#") + 1);
  return name.startsWith("outcome#") || subject === OTHERS ? undefined : subject;
}

/** The sums by name. */
export function summed(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** Windows merged into intervals from `from` to `to`, including empty intervals. */
export function intervals(
  windows: readonly StatsWindow[],
  { from, to, intervalMs }: { readonly from: number; readonly to: number; readonly intervalMs: number },
): StatsWindow[] {
  const byInterval = Map.groupBy(windows, ({ at }) => from + Math.floor((at - from) / intervalMs) * intervalMs);
  return Array.from({ length: Math.ceil((to - from) / intervalMs) }, (_, n) => {
    const at = from + n * intervalMs;
    return { at, counts: summed((byInterval.get(at) ?? []).map(({ counts }) => counts)) };
  });
}
