import type { EndedDelivery, LoggedEvent } from "../../delivery/model/delivery.ts";
import { LIMITS } from "../../shared/limits.ts";
import { type Counts, OTHERS, summed } from "./counts.ts";
import { emailOutcomeOf } from "./email-outcome.ts";
import { ENDPOINT_FAMILY, finalNames, firstAttemptNames } from "./endpoint-counters.ts";

/**
 * The counters of an account in windows of five minutes. `events`: every event by type, and its deliveries by outcome.
 * `emails`: e-mails delivered or not, by domain, from Mailjet's and Sarbacane's events. They are separate items, because
 * DynamoDB bills an update by the size of the whole item, and one under 1 KB is one unit.
 */
export const STATS_KINDS = ["events", "emails"] as const;
export type StatsKind = (typeof STATS_KINDS)[number];

export interface StatsWindow {
  /** Its start, epoch ms. */
  readonly at: number;
  readonly counts: Counts;
}

export const WINDOW_MS = LIMITS.statsWindowSeconds * 1_000;

/** Outcomes of first attempts. `unmatched` counts events, the others count deliveries. */
const FIRST_OUTCOMES = ["delivered", "failed", "queued", "suspended", "unmatched"] as const;

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
    for (const name of firstAttemptNames(event)) add(name);
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
  delivered: "deliveredLater",
  exhausted: "exhausted",
  cancelled: "cancelled",
};

export function finalOutcomeCounts(ended: readonly Pick<EndedDelivery, "status" | "endpoint" | "attempts">[]): Counts {
  return summed(
    ended.map((delivery) => ({
      [`outcome#${FINAL_OUTCOMES[delivery.status]}`]: 1,
      ...Object.fromEntries(finalNames(delivery, FINAL_OUTCOMES[delivery.status]).map((name) => [name, 1])),
    })),
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
  const bySubject = new Map<string, number>();
  for (const [name, count] of [...Object.entries(counts), ...Object.entries(held).toReversed()]) {
    const subject = subjectOf(name);
    if (subject !== undefined) bySubject.set(subject, (bySubject.get(subject) ?? 0) + count);
  }
  // Among equals the newest stay: they come first, and sorting is stable.
  const sorted = [...bySubject].sort(([, a], [, b]) => b - a).map(([subject]) => subject);
  const families = kind === "events" ? FAMILIES : [{ prefix: "", max: LIMITS.statsDomains }];
  const kept = new Set(
    families.flatMap(({ prefix, max }) => sorted.filter((subject) => subject.startsWith(prefix)).slice(0, max)),
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

/** The subjects of events, each with a maximum of its own: types and endpoints. */
const FAMILIES = [
  { prefix: "type#", max: LIMITS.statsTypes },
  { prefix: ENDPOINT_FAMILY, max: LIMITS.statsEndpoints },
] as const;

/** What a window has a limited number of: a type, an endpoint or a domain. */
function subjectOf(name: string): string | undefined {
  const subject = name.slice(name.lastIndexOf("#") + 1);
  if (name.startsWith("outcome#") || subject === OTHERS) return undefined;
  if (name.startsWith("type#")) return name;
  return name.startsWith(ENDPOINT_FAMILY) ? `${ENDPOINT_FAMILY}${subject}` : subject;
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
