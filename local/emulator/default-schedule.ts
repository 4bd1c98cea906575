import { stagesOf } from "../../lambdas/endpoints/model/preset.ts";
import { SCHEDULE_TEXT_ALLOWED, ScheduleText } from "../../lambdas/http/schemas/schedule-field.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { Overrides } from "./functions/functions.ts";

/**
 * The environment variables that make a schedule the default of one run.
 * Short waits would be SQS delays. So SCHEDULER_FROM_SECONDS is lowered to the shortest wait: a short schedule then uses
 * EventBridge Scheduler, as a long one does.
 * @param text `10x1s,10x3s`, or a preset's name
 * @throws {RangeError} if the text is neither; the message says what is allowed
 */
export function defaultSchedule(text: string): Overrides {
  const parsed = ScheduleText.safeParse(text);
  if (!parsed.success) throw new RangeError(`Cannot use --retry-schedule ${text}: need ${SCHEDULE_TEXT_ALLOWED}`);
  const shortestMs = Math.min(...stagesOf(parsed.data).map(({ everyMs }) => everyMs));
  return {
    RETRY_SCHEDULE: text,
    ...(shortestMs < LIMITS.schedulerFromMs && { SCHEDULER_FROM_SECONDS: String(shortestMs / 1000) }),
  };
}
