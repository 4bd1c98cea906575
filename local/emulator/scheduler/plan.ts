import { readExpression, type Timing } from "./expression.ts";
import { type Definition, Refusal } from "./requests.ts";
import type { Firing, Stored } from "./store.ts";

const SECOND_MS = 1_000;
const RETRY_MS_MAX = 60_000; // ours: the first wait is 1 s, and each is doubled; AWS documents only "exponential"

/** A random delay of a firing in ms. @param windowMs the flexible time window in ms */
export type Lateness = (windowMs: number) => number;

/**
 * The first firing of a new or changed schedule, or `undefined` if it is disabled.
 * @throws {Refusal} if the expression is invalid or in the past
 */
export function firstFiring(definition: Definition, now: number, lateness: Lateness): Firing | undefined {
  const timing = timingOf(definition);
  if ("at" in timing && timing.at <= now) {
    throw new Refusal(
      "ValidationException",
      `Invalid Schedule Expression ${definition.ScheduleExpression}: in the past.`,
    );
  }
  if (definition.State === "DISABLED") return undefined;
  if ("at" in timing) return firingAt(definition, timing.at, lateness);
  // Without a StartDate a rate starts at once.
  return recurring(definition, Math.max(now, (definition.StartDate ?? 0) * SECOND_MS), lateness);
}

/** The next firing after one is done. Missed firings are skipped. */
export function nextFiring({ definition, firing }: Stored, now: number, lateness: Lateness): Firing | undefined {
  const timing = timingOf(definition);
  if ("at" in timing || firing === undefined) return undefined;
  const { everyMs } = timing;
  const { scheduledAt } = firing;
  const periods = Math.max(1, Math.floor((now - scheduledAt) / everyMs) + 1);
  return recurring(definition, scheduledAt + periods * everyMs, lateness);
}

/** The retry of a failed firing, or `undefined` if its retry policy allows no more. */
export function retryFiring({ Target }: Definition, firing: Firing, now: number): Firing | undefined {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = Target.RetryPolicy;
  const failures = firing.failures + 1;
  const tryAt = now + Math.min(RETRY_MS_MAX, SECOND_MS * 2 ** firing.failures);
  const isTooOld = tryAt > firing.scheduledAt + MaximumEventAgeInSeconds * SECOND_MS;
  return failures > MaximumRetryAttempts || isTooOld ? undefined : { ...firing, failures, tryAt };
}

function recurring(definition: Definition, scheduledAt: number, lateness: Lateness): Firing | undefined {
  const { EndDate = Number.POSITIVE_INFINITY } = definition;
  return scheduledAt > EndDate * SECOND_MS ? undefined : firingAt(definition, scheduledAt, lateness);
}

function firingAt({ FlexibleTimeWindow }: Definition, scheduledAt: number, lateness: Lateness): Firing {
  const windowMs =
    FlexibleTimeWindow.Mode === "FLEXIBLE" ? FlexibleTimeWindow.MaximumWindowInMinutes * 60 * SECOND_MS : 0;
  return { scheduledAt, tryAt: Math.ceil(scheduledAt + lateness(windowMs)), failures: 0 };
}

function timingOf({ ScheduleExpression, ScheduleExpressionTimezone }: Definition): Timing {
  try {
    return readExpression(ScheduleExpression, ScheduleExpressionTimezone);
  } catch (error) {
    throw error instanceof RangeError ? new Refusal("ValidationException", error.message) : error;
  }
}
