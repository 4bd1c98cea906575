import { nextDueAt, type RetrySchedule } from "./retry-schedule.ts";

/** When a failing URL is tried next. */
export interface NextProbe {
  /** As its schedule says. */
  readonly probeAt: number;
  /** Where that is far: from when on a fresh look may be taken. */
  readonly lookAt?: number;
  /** Nothing is sent before: the receiver asked for it. */
  readonly notBefore?: number;
}

/**
 * When a failing URL is tried next, or `undefined` when its schedule has ended.
 * @param rung failed tries of its schedule so far: 1 or more
 * @param askedMs the receiver's Retry-After in ms, 0 without one
 * @param freshLookMs between fresh looks, where the schedule's own wait is longer; 0: there are none
 */
export function nextProbe(
  schedule: RetrySchedule,
  rung: number,
  now: number,
  askedMs: number,
  freshLookMs: number,
): NextProbe | undefined {
  const probeAt = nextDueAt(schedule, rung, now, askedMs);
  if (probeAt === undefined) return undefined;
  const isFar = freshLookMs > 0 && probeAt - now > freshLookMs;
  return {
    probeAt,
    ...(isFar && { lookAt: now + freshLookMs }),
    ...(askedMs > 0 && { notBefore: now + askedMs }),
  };
}
