import { LIMITS } from "../../shared/limits.ts";

/** One stage of a schedule: a number of waits of the same length. */
interface Stage {
  readonly times: number;
  readonly everyMs: number;
}
/** The waits after failed attempts. */
export type RetrySchedule = readonly Stage[];

/** Ten attempts 30 s apart, then ten 30 min apart. Source: Mailjet, "Webhook: what is it and why do you need it?" */
export const MAILJET_SCHEDULE: RetrySchedule = [
  { times: 10, everyMs: 30_000 },
  { times: 10, everyMs: 1_800_000 },
];
/** Ten further attempts. Source: Sarbacane's guide. It does not give the interval; 30 min is ours. */
export const SARBACANE_SCHEDULE: RetrySchedule = [{ times: 10, everyMs: 1_800_000 }];

/** The number of waits in a schedule; a delivery gets one attempt more. */
export function waitsIn(schedule: RetrySchedule): number {
  return schedule.reduce((sum, { times }) => sum + times, 0);
}

/**
 * Whether it has so few waits that only a delivery's own attempts end it: probes count on it too, so that no event is sent more
 * often than its user chose.
 */
export function isShort(schedule: RetrySchedule): boolean {
  return waitsIn(schedule) < LIMITS.probeWaitsMin;
}

/**
 * The waits between the probes of a failing endpoint, which is suspended after the last one. A short schedule is extended by
 * its last wait: it limits the attempts of each event, but a few rejected events must not suspend the endpoint.
 */
export function probeScheduleOf(schedule: RetrySchedule): RetrySchedule {
  const missing = LIMITS.probeWaitsMin - waitsIn(schedule);
  const everyMs = schedule.at(-1)?.everyMs ?? LIMITS.probeWaitMs;
  return missing > 0 ? [...schedule, { times: missing, everyMs }] : schedule;
}

/**
 * When the next attempt of a delivery is due, or `undefined` if its schedule has ended.
 * @param failures attempts that failed so far: 1 or more
 * @param retryAfterMs the receiver's Retry-After in ms, if any: it can extend a wait, never shorten one
 * @throws {RangeError} when `failures` is not a whole number of 1 or more
 */
export function nextDueAt(
  schedule: RetrySchedule,
  failures: number,
  now: number,
  retryAfterMs = 0,
): number | undefined {
  if (!Number.isInteger(failures) || failures < 1)
    throw new RangeError(`Cannot compute the wait after ${failures} failures: need 1 or more`);
  let left = failures;
  for (const { times, everyMs } of schedule) {
    if (left <= times) return now + Math.max(everyMs, Math.min(retryAfterMs, LIMITS.retryAfterMsMax));
    left -= times;
  }
  return undefined;
}
