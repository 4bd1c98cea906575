import type { EndedDelivery, LoggedEvent } from "../../delivery/model/delivery.ts";
import { LIMITS } from "../../shared/limits.ts";
import { emailOutcomeOf } from "./email-outcome.ts";

/**
 * What is counted of an account in windows of five minutes. `events`: every event by type, and what became of its first
 * attempts; `emails`: those of Mailjet and Sarbacane that tell whether an e-mail arrived, by its domain. Two items, so that
 * what all events write stays small: DynamoDB bills an update by the whole item, and under 1 KB it is one unit.
 */
export const STATS_KINDS = ["events", "emails"] as const;
export type StatsKind = (typeof STATS_KINDS)[number];

/** Counts by name: `type#open`, `outcome#delivered`; `mailjet#undelivered#example.com`. */
export type Counts = Readonly<Record<string, number>>;

export interface StatsWindow {
  /** When it begins, epoch ms. */
  readonly at: number;
  readonly counts: Counts;
}

export const WINDOW_MS = 300_000; // five minutes: fine enough for 15, and 288 items a day

/** What became of a first attempt; `unwanted` counts events, all others deliveries. */
export const FIRST_OUTCOMES = ["delivered", "failed", "waiting", "withheld", "unwanted"] as const;

/** Stands for all names beyond as many as a window has room for. No type and no domain is called so. */
export const OTHERS = "*";

export function windowAt(now: number): number {
  return Math.floor(now / WINDOW_MS) * WINDOW_MS;
}

/** What events that were just logged add to their account's window. */
export function countsOf(kind: StatsKind, events: readonly LoggedEvent[]): Counts {
  const counts = new Map<string, number>();
  const add = (name: string, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by);
  for (const event of events) {
    if (kind === "emails") {
      const fate = emailOutcomeOf(event);
      if (fate !== undefined)
        add(`${fate.source}#${fate.isDelivered ? "delivered" : "undelivered"}#${fate.domain ?? OTHERS}`);
      continue;
    }
    add(`type#${event.type}`);
    for (const [outcome, times] of Object.entries(outcomesOf(event))) if (times > 0) add(`outcome#${outcome}`, times);
  }
  return Object.fromEntries(counts);
}

function outcomesOf({ delivered, parked, withheld }: LoggedEvent): Record<(typeof FIRST_OUTCOMES)[number], number> {
  const waiting = Object.values(parked).filter(({ code }) => code === "untried").length;
  const all = {
    delivered: Object.keys(delivered).length,
    failed: Object.keys(parked).length - waiting,
    waiting,
    withheld: Object.keys(withheld).length,
  };
  return { ...all, unwanted: Object.values(all).every((count) => count === 0) ? 1 : 0 };
}

/** Last words on deliveries that had waited, as they are counted. */
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

/** What is added to a window. */
export interface Addition {
  readonly counts: Counts;
  /** Names that make room for others: their counts are among those of all others together. */
  readonly dropped: readonly string[];
}

/**
 * Counts as they are added to a window, which knows so many types or domains by name: those that are the most in it. A new
 * one takes the place of one that is no more, so that what comes late and often is known as well.
 * @param held what the window holds, as far as is known
 */
export function additionTo(kind: StatsKind, counts: Counts, held: Counts): Addition {
  const max = kind === "events" ? LIMITS.statsTypes : LIMITS.statsDomains;
  const bySubject = new Map<string, number>();
  for (const [name, count] of [...Object.entries(counts), ...Object.entries(held).toReversed()]) {
    const subject = subjectOf(name);
    if (subject !== undefined) bySubject.set(subject, (bySubject.get(subject) ?? 0) + count);
  }
  // Of equals the newest stay: they stand first, and sorting keeps their order.
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

/** Counts of the same names, together. */
export function summed(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** Windows gathered into intervals from `from` to `to`, those without any included. */
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
