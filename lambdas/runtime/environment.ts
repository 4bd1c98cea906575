import * as z from "zod";
import { ScheduleText } from "../http/schemas/schedule-field.ts";

const Flag = z.enum(["true", "false"], '"true" or "false"').transform((text) => text === "true");
const Text = z.string().min(1);

/** What setting a wake-up takes. */
const wakes = {
  WAKES_QUEUE_URL: z.url(),
  WAKES_QUEUE_ARN: Text,
  SCHEDULER_ROLE_ARN: Text,
  SCHEDULE_GROUP: Text,
  SCHEDULER_FROM_SECONDS: z.coerce.number().int().min(1).max(900),
};
const sending = { ALLOW_LOOPBACK: Flag, HTTPS_ONLY: Flag };
/** Of the key that what is secret of endpoints is sealed with. */
const sealing = { SEALING_KEY_ARN: Text };
/** What making attempts, and telling of them, takes. */
const delivering = {
  TABLE_NAME: Text,
  EVENTS_QUEUE_URL: z.url(),
  OPERATOR_ACCOUNT: Text,
  EARLY_PROBE_SECONDS: z.coerce.number().int().min(0).max(86_400),
  ...sealing,
  ...sending,
  ...wakes,
};

/** What each function is told by its stack. A function with a wrong environment fails at its start, not at an event. */
export const AcceptEnvironment = z.object({ TABLE_NAME: Text, EVENTS_QUEUE_URL: z.url() });
export const ApiEnvironment = z.object({
  TABLE_NAME: Text,
  EVENTS_QUEUE_URL: z.url(),
  OPERATOR_ACCOUNT: Text,
  /** The schedule of endpoints that do not say one. */
  RETRY_SCHEDULE: ScheduleText,
  ...sealing,
  ...sending,
  ...wakes,
});
/** From when on an account is told that its e-mails do not arrive. */
export const FailureRateEnvironment = z
  .object({
    FAILURE_RATE_PERCENT: z.coerce.number().int().min(1).max(99),
    FAILURE_RATE_MINUTES: z.coerce.number().int().min(5).max(60).multipleOf(5),
    FAILURE_RATE_MIN_EMAILS: z.coerce.number().int().min(1),
  })
  .transform((env) => ({
    percent: env.FAILURE_RATE_PERCENT,
    minutes: env.FAILURE_RATE_MINUTES,
    emails: env.FAILURE_RATE_MIN_EMAILS,
  }));
export const DeliveryEnvironment = z.object(delivering);
export const SweepEnvironment = z.object({ TABLE_NAME: Text, ...wakes });
export const EraseEnvironment = SweepEnvironment.extend({
  ...sealing,
  ERASE_AFTER_SECONDS: z.coerce.number().int().min(0),
});
