import { failureRateEvents } from "../notifications/model/operational-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventQueue } from "../ports/events.ts";
import type { Stats } from "../ports/stats.ts";
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

const LATCH_KEPT_MS = 7 * 86_400_000; // ours: longer than any episode that is not told again all the time

/**
 * Tells an account that more of its e-mails than a limit do not arrive, once until that recovers. RecordedCalls for by whoever has
 * counted some. Latched first, then told under an id made from the latch, then noted as told: a crash in
 * between, or two at a time, tell the same event.
 */
export async function alertOnFailureRate(
  { clock, stats, queue, operatorAccount, failureRateLimit }: FailureRatePorts,
  account: string,
): Promise<void> {
  const now = clock.now();
  const { windows, alerts } = await stats.watched(account, watchedFrom(now, failureRateLimit));
  for (const change of alertChanges(failureRatesOf(windows), alerts, failureRateLimit, now)) {
    const { latch, seen } = change;
    // Somebody else was faster: it is theirs to tell.
    if (latch !== seen && !(await stats.latch(account, change, now + LATCH_KEPT_MS))) continue;
    if (latch.overAt === undefined || latch.isPublished) continue;
    await queue.send(failureRateEvents(account, latch, failureRateLimit, operatorAccount));
    await stats.latch(account, publishedAlert(latch), now + LATCH_KEPT_MS);
  }
}
