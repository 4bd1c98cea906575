import { nextDueAt, type RetrySchedule } from "./retry-schedule.ts";

/** When a failing endpoint is probed next. */
export interface NextProbe {
  /** The next scheduled probe. */
  readonly probeAt: number;
  /** If that is far away: the next early probe. */
  readonly earlyProbeAt?: number;
  /** Nothing is sent before this time, because of the receiver's Retry-After. */
  readonly notBefore?: number;
}

/**
 * When a failing endpoint is probed next, or `undefined` if its schedule has ended.
 * @param attemptIndex failed attempts of its schedule so far: 1 or more
 * @param retryAfterMs the receiver's Retry-After in ms, 0 without one
 * @param earlyProbeMs between early probes, if the schedule's wait is longer; 0: no early probes
 */
export function nextProbe(
  schedule: RetrySchedule,
  attemptIndex: number,
  now: number,
  retryAfterMs: number,
  earlyProbeMs: number,
): NextProbe | undefined {
  const probeAt = nextDueAt(schedule, attemptIndex, now, retryAfterMs);
  if (probeAt === undefined) return undefined;
  const isFar = earlyProbeMs > 0 && probeAt - now > earlyProbeMs;
  return {
    probeAt,
    ...(isFar && { earlyProbeAt: now + earlyProbeMs }),
    ...(retryAfterMs > 0 && { notBefore: now + retryAfterMs }),
  };
}
