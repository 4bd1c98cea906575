import { failureRateEvents } from "../notifications/model/operational-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventQueue } from "../ports/events.ts";
import type { Stats } from "../ports/stats.ts";
import { LIMITS } from "../shared/limits.ts";
import {
  alertChanges,
  type FailureRateLimit,
  failureRatesOf,
  publishedAlert,
  watchedFrom,
} from "./model/failure-rate.ts";

export interface FailureRatePorts {
  readonly clock: Clock;
  readonly stats: Stats;
  readonly queue: EventQueue;
  readonly operatorAccount: string;
  readonly failureRateLimit: FailureRateLimit;
}

const ACCOUNTS_MAX = 10_000; // ours
const ALERT_KEPT_MS = LIMITS.alertKeptDays * 86_400_000;

/**
 * Returns what to call after e-mails were counted: it alerts an account when the failure rate of its e-mails is over the
 * limit, once until it recovers. A check reads all windows of the period. An account with many batches is not checked after
 * each: a check of four times the size is made a fourth as often.
 */
export function failureRateWatch(ports: FailureRatePorts): (account: string, time: AbortSignal) => Promise<void> {
  const nextAt = new Map<string, number>();
  return async (account, time) => {
    const now = ports.clock.now();
    if (now < (nextAt.get(account) ?? 0)) return;
    const read = await alertOnFailureRate(ports, account, time);
    if (nextAt.size >= ACCOUNTS_MAX) nextAt.clear();
    nextAt.set(account, now + (read - 1) * LIMITS.failureRateReadMs);
  };
}

/**
 * The alert state is written first, then the event is published with an id derived from it, then it is marked as published.
 * So after a crash, or with two functions at the same time, it is the same event.
 * @param time when it is over, the rest is left to the next batch
 * @returns how many items were read
 */
async function alertOnFailureRate(
  { clock, stats, queue, operatorAccount, failureRateLimit }: FailureRatePorts,
  account: string,
  time: AbortSignal,
): Promise<number> {
  const now = clock.now();
  const { windows, alerts } = await stats.watched(account, watchedFrom(now, failureRateLimit), time);
  for (const change of alertChanges(failureRatesOf(windows), alerts, failureRateLimit, now)) {
    const { alert, seen } = change;
    // Another function wrote it first, and publishes the event.
    if (alert !== seen && !(await stats.saveAlert(account, change, now + ALERT_KEPT_MS, time))) continue;
    if (alert.overAt === undefined || alert.isPublished) continue;
    await queue.send(failureRateEvents(account, alert, failureRateLimit, operatorAccount));
    await stats.saveAlert(account, publishedAlert(alert), now + ALERT_KEPT_MS, time);
  }
  return windows.length;
}
