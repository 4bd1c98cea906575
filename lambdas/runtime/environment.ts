import * as z from "zod";
import { ScheduleText } from "../http/schemas/schedule-field.ts";
import { SHARD_COUNTS } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";

const Flag = z.enum(["true", "false"], '"true" or "false"').transform((text) => text === "true");
const Text = z.string().min(1);

/** For setting wake-ups. */
const wakes = {
  WAKES_QUEUE_URL: z.url(),
  WAKES_QUEUE_ARN: Text,
  SCHEDULER_ROLE_ARN: Text,
  SCHEDULE_GROUP: Text,
  SCHEDULER_FROM_SECONDS: z.coerce.number().int().min(1).max(900),
};
/** Of accounts without a limit of their own. */
const rates = { EVENTS_PER_SECOND: z.coerce.number().int().min(1).max(LIMITS.eventsPerSecondMax).optional() };
/** Where functions look for events and pending deliveries. */
const tables = { TABLE_NAME: Text, SHARDS: z.coerce.number().pipe(z.literal(SHARD_COUNTS)) };
const sending = { ALLOW_LOOPBACK: Flag, HTTPS_ONLY: Flag };
/** The KMS key that encrypts endpoints' secrets. */
const sealing = { SEALING_KEY_ARN: Text };
/** For making attempts and publishing operational webhooks. */
const delivering = {
  ...tables,
  EVENTS_QUEUE_URL: z.url(),
  OPERATOR_ACCOUNT: Text,
  EARLY_PROBE_SECONDS: z.coerce.number().int().min(0).max(86_400),
  ...sealing,
  ...sending,
  ...wakes,
};

/** The sites that may embed the console, as in the Content-Security-Policy. Not a header's end, and no other directive. */
const embedding = {
  CONSOLE_FRAME_ANCESTORS: z.string().regex(/^[^;,\s]+( [^;,\s]+)*$/, "'none', or origins separated by spaces"),
};

/** The environment of each function, set by its stack. With a wrong one a function fails at its start, not at an event. */
export const AcceptEnvironment = z.object({ ...tables, EVENTS_QUEUE_URL: z.url(), ...rates });
export const ApiEnvironment = z.object({
  ...tables,
  EVENTS_QUEUE_URL: z.url(),
  OPERATOR_ACCOUNT: Text,
  /** Only their lengths are read. */
  EVENTS_DEAD_LETTERS_URL: z.url(),
  WAKES_DEAD_LETTERS_URL: z.url(),
  /** The default retry schedule of endpoints. */
  RETRY_SCHEDULE: ScheduleText,
  ...rates,
  ...sealing,
  ...sending,
  ...wakes,
  ...embedding,
});
export const ConsoleEnvironment = z.object(embedding);
/** When an account is alerted about undelivered e-mails. */
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
const deadLetters = { EVENTS_DEAD_LETTERS_URL: z.url() };
const wakeDeadLetters = { WAKES_DEAD_LETTERS_URL: z.url() };
/** The dead-letter queue of the queue that invokes the function. */
export const DispatchQueueEnvironment = z.object({ EVENTS_QUEUE_URL: z.url(), ...deadLetters });
export const WakeQueueEnvironment = z.object({ WAKES_QUEUE_URL: z.url(), ...wakeDeadLetters });
export const RecoveryEnvironment = z.object({ NOT_YET_LOGGED_SECONDS: z.coerce.number().int().min(0) });
export const SweepEnvironment = z.object({
  ...tables,
  EVENTS_QUEUE_URL: z.url(),
  ...wakes,
  ...deadLetters,
  ...wakeDeadLetters,
});
export const EraseEnvironment = z.object({
  ...tables,
  ...wakes,
  ...sealing,
  ERASE_AFTER_SECONDS: z.coerce.number().int().min(0),
});
