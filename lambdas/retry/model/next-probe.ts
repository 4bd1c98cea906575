import { nextDueAt, type RetrySchedule } from "./retry-schedule.ts";

/** When a failing URL is tried next. */
export interface NextProbe {
  /** As its schedule says. */
  readonly probeAt: number;
  /** Where that is far: from when on a fresh look may be taken. */
  readonly earlyProbeAt?: number;
  /** Nothing is sent before: the receiver asked for it. */
  readonly notBefore?: number;
}

/**
 * When a failing URL is tried next, or `undefined` when its schedule has ended.
 * @param attemptIndex failed tries of its schedule so far: 1 or more
 * @param retryAfterMs the receiver's Retry-After in ms, 0 without one
 * @param earlyProbeMs between fresh looks, where the schedule's own wait is longer; 0: there are none
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
