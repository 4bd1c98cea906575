import { type Counts, OTHERS, summed, windowAt } from "./counters.ts";
import type { EmailOutcome } from "./email-outcome.ts";

/** From when on an account is told that e-mails do not arrive. */
export interface FailureRateLimit {
  /** Of e-mails that are not delivered: over this, in percent. */
  readonly percent: number;
  /** Within so many minutes, in windows of five. */
  readonly minutes: number;
  /** Of at least so many e-mails. */
  readonly emails: number;
}

/** The e-mails that one platform's events tell of. */
export interface Share {
  readonly source: EmailOutcome["source"];
  /** Their domain; `null`: all of them. */
  readonly destination: string | null;
  readonly delivered: number;
  readonly undelivered: number;
}

/**
 * What was told of a share, so that it is told once until it recovers. It is written before that is told, so that whoever
 * comes after a crash tells the same.
 */
export interface FailureRateAlert extends Share {
  /** Goes up by one at each change. */
  readonly version: number;
  /** Since when it is over the limit; absent: it has recovered. The figures are those of that moment. */
  readonly overAt?: number;
  /** When it was last seen over the limit. */
  readonly seenAt: number;
  readonly isPublished: boolean;
}

const DESTINATIONS_MAX = 20; // the issue's: an account's busiest
const SEEN_EVERY_MS = 60_000; // ours: a write a minute, while it lasts

/** The beginning of the first window that is looked at: with the running one they hold the minutes whole, and up to five more. */
export function watchedFrom(now: number, { minutes }: FailureRateLimit): number {
  return windowAt(now) - minutes * 60_000;
}

/** Of each platform: all e-mails, and those to the busiest domains of the account. */
export function failureRatesOf(windows: readonly Counts[]): Share[] {
  const counts = Object.entries(summed(windows)).map(([name, count]) => {
    const [source = "", fate = "", domain = ""] = name.split("#");
    return { source, isDelivered: fate === "delivered", domain, count };
  });
  const byDomain = Map.groupBy(
    counts.filter(({ domain }) => domain !== OTHERS),
    ({ domain }) => domain,
  );
  const total = (some: typeof counts) => some.reduce((sum, { count }) => sum + count, 0);
  const busiest = [...byDomain].sort(([, a], [, b]) => total(b) - total(a)).slice(0, DESTINATIONS_MAX);
  const share = (source: Share["source"], destination: string | null, some: typeof counts): Share => ({
    source,
    destination,
    delivered: total(some.filter((one) => one.source === source && one.isDelivered)),
    undelivered: total(some.filter((one) => one.source === source && !one.isDelivered)),
  });
  return SOURCES.flatMap((source) => [
    share(source, null, counts),
    ...busiest.map(([domain, some]) => share(source, domain, some)),
  ]);
}

const SOURCES: readonly Share["source"][] = ["mailjet", "sarbacane"];

function isEnough({ delivered, undelivered }: Share, { emails }: FailureRateLimit): boolean {
  return delivered + undelivered > 0 && delivered + undelivered >= emails;
}

/** Whether so many of so many e-mails are not delivered. In whole numbers: 60 of 100 are not over 60 %. */
export function isOver(share: Share, limit: FailureRateLimit): boolean {
  const { delivered, undelivered } = share;
  return isEnough(share, limit) && undelivered * 100 > limit.percent * (delivered + undelivered);
}

/** A latch that is to be written in the place of the one that was seen, or told. */
export interface AlertChange {
  readonly latch: FailureRateAlert;
  readonly seen: FailureRateAlert | undefined;
}

/**
 * What is to be done about an account's shares.
 * @returns alerts to be written; those that are over and not told are to be told too
 */
export function alertChanges(
  shares: readonly Share[],
  alerts: readonly FailureRateAlert[],
  limit: FailureRateLimit,
  now: number,
): AlertChange[] {
  const inAll = shares.filter((one) => one.destination === null && isOver(one, limit)).map(({ source }) => source);
  return shares.flatMap((share): AlertChange[] => {
    const seen = alerts.find(({ source, destination }) => isSame(share, { source, destination }));
    // It may have been seen since, for as long as that is not worth a write.
    const isLatched = seen?.overAt !== undefined && now - seen.seenAt <= limit.minutes * 60_000 + SEEN_EVERY_MS;
    // Where all of a platform's e-mails are over the limit, their domains are no news of their own.
    if (!isLatched && share.destination !== null && inAll.includes(share.source)) return [];
    const version = (seen?.version ?? 0) + 1;
    if (isLatched && !seen.isPublished) return [{ latch: seen, seen }];
    if (isOver(share, limit)) {
      if (!isLatched) return [{ latch: { ...share, version, overAt: now, seenAt: now, isPublished: false }, seen }];
      return now - seen.seenAt < SEEN_EVERY_MS ? [] : [{ latch: { ...seen, version, seenAt: now }, seen }];
    }
    if (!isLatched || !isEnough(share, limit)) return [];
    return [{ latch: { ...share, version, seenAt: now, isPublished: true }, seen }];
  });
}

/** It was told. */
export function publishedAlert(latch: FailureRateAlert): AlertChange {
  return { latch: { ...latch, version: latch.version + 1, isPublished: true }, seen: latch };
}

function isSame(one: Pick<Share, "source" | "destination">, other: Pick<Share, "source" | "destination">): boolean {
  return one.source === other.source && one.destination === other.destination;
}
