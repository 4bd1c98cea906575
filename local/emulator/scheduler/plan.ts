import { readExpression, type Timing } from "./expression.ts";
import { type Definition, Refusal } from "./requests.ts";
import type { Firing, Stored } from "./store.ts";

const SECOND_MS = 1_000;
const RETRY_MS_MAX = 60_000; // ours: the first after 1 s, each wait doubled; AWS says only "exponential"

/** How many ms after its time a schedule fires, up to a bound in ms. */
export type Lateness = (windowMs: number) => number;

/**
 * What a new or changed schedule fires first, or `undefined` while it is disabled.
 * @throws {Refusal} when the expression cannot be read or lies in the past
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
  // Without a StartDate a rate begins at once.
  return recurring(definition, Math.max(now, (definition.StartDate ?? 0) * SECOND_MS), lateness);
}

/** What a schedule fires after it has fired. What was missed meanwhile is not made up for. */
export function nextFiring({ definition, firing }: Stored, now: number, lateness: Lateness): Firing | undefined {
  const timing = timingOf(definition);
  if ("at" in timing || firing === undefined) return undefined;
  const { everyMs } = timing;
  const { scheduledAt } = firing;
  const periods = Math.max(1, Math.floor((now - scheduledAt) / everyMs) + 1);
  return recurring(definition, scheduledAt + periods * everyMs, lateness);
}

/** When a firing that failed is tried again, or `undefined` when its retry policy has ended. */
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
