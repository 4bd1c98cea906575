import { LIMITS } from "../../shared/limits.ts";
import { windowAt } from "./counters.ts";
import { type Counts, OTHERS, summed } from "./counts.ts";
import type { EmailOutcome } from "./email-outcome.ts";

/** When an account is alerted about undelivered e-mails. */
export interface FailureRateLimit {
  /** Undelivered e-mails in percent: the rate must be higher. */
  readonly percent: number;
  /** The period in minutes, a multiple of five. */
  readonly minutes: number;
  /** E-mails in the period, at least. */
  readonly emails: number;
}

/** Delivered and undelivered e-mails of one platform. */
export interface EmailCounts {
  readonly source: EmailOutcome["source"];
  /** The recipients' domain; `null`: all domains. */
  readonly destination: string | null;
  readonly delivered: number;
  readonly undelivered: number;
}

/**
 * The state of an alert, so that it is published once until the failure rate recovers. It is written before the event is
 * published, so that the same event is published after a crash.
 */
export interface FailureRateAlert extends EmailCounts {
  /** Incremented at each change. */
  readonly version: number;
  /** Since when the rate is over the limit; absent: it has recovered. The counts are those of that moment. */
  readonly overAt?: number;
  /** When the rate was last over the limit. */
  readonly seenAt: number;
  readonly isPublished: boolean;
}

const SEEN_EVERY_MS = 60_000; // ours: one write per minute while the rate is over the limit

/** The start of the first window that is read. Together with the current one they cover the period and up to five minutes more. */
export function watchedFrom(now: number, { minutes }: FailureRateLimit): number {
  return windowAt(now) - minutes * 60_000;
}

/** For each platform: all e-mails, and the e-mails to the account's busiest domains. */
export function failureRatesOf(windows: readonly Counts[]): EmailCounts[] {
  const counts = Object.entries(summed(windows)).map(([name, count]) => {
    const [source = "", outcome = "", domain = ""] = name.split("#");
    return { source, isDelivered: outcome === "delivered", domain, count };
  });
  const byDomain = Map.groupBy(
    counts.filter(({ domain }) => domain !== OTHERS),
    ({ domain }) => domain,
  );
  const total = (selected: typeof counts) => selected.reduce((sum, { count }) => sum + count, 0);
  const busiest = [...byDomain].sort(([, a], [, b]) => total(b) - total(a)).slice(0, LIMITS.failureRateDomains);
  const countsFor = (
    source: EmailCounts["source"],
    destination: string | null,
    selected: typeof counts,
  ): EmailCounts => ({
    source,
    destination,
    delivered: total(selected.filter((each) => each.source === source && each.isDelivered)),
    undelivered: total(selected.filter((each) => each.source === source && !each.isDelivered)),
  });
  return SOURCES.flatMap((source) => [
    countsFor(source, null, counts),
    ...busiest.map(([domain, selected]) => countsFor(source, domain, selected)),
  ]);
}

const SOURCES: readonly EmailCounts["source"][] = ["mailjet", "sarbacane"];

function isEnough({ delivered, undelivered }: EmailCounts, { emails }: FailureRateLimit): boolean {
  return delivered + undelivered > 0 && delivered + undelivered >= emails;
}

/** Whether the failure rate is over the limit, in whole numbers: 60 of 100 is not over 60 %. */
export function isOver(emails: EmailCounts, limit: FailureRateLimit): boolean {
  const { delivered, undelivered } = emails;
  return isEnough(emails, limit) && undelivered * 100 > limit.percent * (delivered + undelivered);
}

/** An alert state to write in place of the one that was read; the same one if it must only be published. */
export interface AlertChange {
  readonly alert: FailureRateAlert;
  readonly seen: FailureRateAlert | undefined;
}

/**
 * Decides which alert states of an account change.
 * @returns the states to write; those over the limit and not published must be published too
 */
export function alertChanges(
  counts: readonly EmailCounts[],
  alerts: readonly FailureRateAlert[],
  limit: FailureRateLimit,
  now: number,
): AlertChange[] {
  const sourcesOver = counts
    .filter((each) => each.destination === null && isOver(each, limit))
    .map(({ source }) => source);
  return counts.flatMap((emails): AlertChange[] => {
    const seen = alerts.find(({ source, destination }) => isSame(emails, { source, destination }));
    // `seenAt` is written at most once a minute, so it can be that much older.
    const isActive = seen?.overAt !== undefined && now - seen.seenAt <= limit.minutes * 60_000 + SEEN_EVERY_MS;
    // If the rate of a whole platform is over the limit, its domains get no separate alerts.
    if (!isActive && emails.destination !== null && sourcesOver.includes(emails.source)) return [];
    const version = (seen?.version ?? 0) + 1;
    if (isActive && !seen.isPublished) return [{ alert: seen, seen }];
    if (isOver(emails, limit)) {
      if (!isActive) return [{ alert: { ...emails, version, overAt: now, seenAt: now, isPublished: false }, seen }];
      return now - seen.seenAt < SEEN_EVERY_MS ? [] : [{ alert: { ...seen, version, seenAt: now }, seen }];
    }
    if (!isActive || !isEnough(emails, limit)) return [];
    return [{ alert: { ...emails, version, seenAt: now, isPublished: true }, seen }];
  });
}

/** The alert was published. */
export function publishedAlert(alert: FailureRateAlert): AlertChange {
  return { alert: { ...alert, version: alert.version + 1, isPublished: true }, seen: alert };
}

function isSame(
  a: Pick<EmailCounts, "source" | "destination">,
  b: Pick<EmailCounts, "source" | "destination">,
): boolean {
  return a.source === b.source && a.destination === b.destination;
}
