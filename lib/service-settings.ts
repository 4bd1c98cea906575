import { Construct } from "constructs";
import * as z from "zod";
import { ACCOUNT } from "../lambdas/accounts/model/account.ts";
import { ROUTES } from "../lambdas/http/routes.ts";
import { SCHEDULE_TEXT_ALLOWED, ScheduleText } from "../lambdas/http/schemas/schedule-field.ts";
import { SHARD_COUNTS, SHARDS_MIN } from "../lambdas/shared/ids.ts";
import { LIMITS } from "../lambdas/shared/limits.ts";
import { FUNCTIONS } from "./constructs/function-names.ts";

/** Retention periods that CloudWatch Logs accepts, in days. Source: PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Each schema's `error` says what is allowed; `explainIssue` adds where, and the value it got. */
function whole(min: number, max: number, unit: string) {
  const error = `a whole number of ${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function matching(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

export const isTrueOrFalse = z.boolean({ error: "true or false" });

/** Kept as text: the function parses it the same way. */
const scheduleText = z
  .string({ error: SCHEDULE_TEXT_ALLOWED })
  .refine((text) => ScheduleText.safeParse(text).success, { error: SCHEDULE_TEXT_ALLOWED });

const rateAndBurst = {
  /** Requests per second, steady. API Gateway's default per account and region is 10,000. */
  rate: whole(1, 10_000, "requests per second"),
  /** Requests at once, above the steady rate. API Gateway's default per account and region is 5,000. */
  burst: whole(1, 5_000, "requests at once"),
};
// Not under /v3, where case and doubled slashes do not matter: API Gateway would throttle one spelling of a path only.
const ROUTE_KEYS = ROUTES.filter(({ isCaseFree }) => !isCaseFree).map(({ method, path }) => `${method} ${path}`);
const Throttling = z.strictObject(
  {
    ...rateAndBurst,
    /** Routes with their own rate, by method and path as in docs/api.md. */
    routes: z
      .partialRecord(
        z.enum(ROUTE_KEYS, { error: `one of the API's routes under /v1, such as "POST /v1/events"` }),
        z.strictObject(rateAndBurst, { error: "an object with rate and burst" }),
        { error: "an object of routes, each with rate and burst" },
      )
      .default({}),
  },
  { error: "an object with rate and burst" },
);

/** A scheme, a host that may start with `*.`, and a port: what `frame-ancestors` may have. */
const FRAME_ANCESTOR =
  /^https:\/\/(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(:\d{1,5})?$|^http:\/\/localhost(:\d{1,5})?$/;

/** A value for each named function. */
function byFunction<T extends z.ZodType>(each: T) {
  const error = `an object of functions: ${FUNCTIONS.join(", ")}`;
  return z.partialRecord(z.enum(FUNCTIONS, { error: `one of ${FUNCTIONS.join(", ")}` }), each, { error }).default({});
}

/** The settings of the service itself, wherever its parts are. */
export const SERVICE_FIELDS = {
  /** Whether receivers must be https. */
  httpsOnly: isTrueOrFalse,
  /** Whether receivers may be on loopback. Stage `local` only: in Lambda the runtime API listens there. */
  allowLoopback: isTrueOrFalse.default(false),
  logRetentionDays: z.literal(RETENTION_DAYS, { error: `one of ${RETENTION_DAYS.join(", ")} days` }),
  /** Gets an e-mail when an alarm fires or ends. Without it, subscribe to the alarm topic. */
  alarmEmail: z.email({ error: "an e-mail address" }).optional(),
  /** Alarm threshold: endpoints suspended within an hour. One is the customer's problem, many may be yours. */
  suspensionsPerHour: whole(1, 10_000, "endpoints suspended within an hour").default(5),
  throttling: Throttling,
  /**
   * Events per second that are accepted of each account without a limit of its own, so that one account cannot use up the
   * throttling. None by default. A limit costs one DynamoDB write per request.
   */
  eventsPerSecond: whole(1, LIMITS.eventsPerSecondMax, "events per second").optional(),
  /**
   * Partitions of each account's events and of each endpoint's backlog: 8 take 5,600 events a second of one account, 64 take
   * 44,800. A list makes a query for each. Raise it only: docs/operations/quotas.md.
   */
  shards: z.literal(SHARD_COUNTS, { error: `one of ${SHARD_COUNTS.join(", ")}` }).default(SHARDS_MIN),
  /** Origins whose pages may embed the console in a frame. None by default. */
  consoleFrameAncestors: z
    .array(matching(FRAME_ANCESTOR, "an https origin such as https://app.example.com (http on localhost)"), {
      error: "a list of https origins",
    })
    .default([]),
  /** The console's own look: a name, a colour for links and buttons, and a logo. Without it: "Webhooks", blue, no logo. */
  consoleBranding: z
    .strictObject(
      {
        name: matching(/^[^\s\p{Cc}](.{0,38}[^\s\p{Cc}])?$/u, "1 to 40 characters").optional(),
        accent: matching(/^#[0-9a-fA-F]{6}$/, "a colour such as #2457d6").optional(),
        logo: matching(
          /^branding\/[\w-][\w.-]*\.(svg|png)$/,
          "a file such as branding/logo.svg (SVG or PNG)",
        ).optional(),
      },
      { error: "an object with name, accent and logo" },
    )
    .default({}),
  /**
   * The shortest wait that uses EventBridge Scheduler, which is up to 60 s late. Shorter waits are SQS delays, exact to a
   * second. At 900 all waits up to 15 minutes are exact, at the price of some more SQS requests.
   */
  schedulerFromSeconds: whole(1, 900, "seconds").default(LIMITS.schedulerFromMs / 1000),
  /**
   * While an endpoint is failing and its next probe is farther away than this, a new event may be tried in between, so that
   * a recovery is found early. 0: never.
   */
  earlyProbeSeconds: whole(0, 86_400, "seconds").default(LIMITS.earlyProbeMs / 1000),
  /** An account gets `rappel.failure_rate.exceeded` when over this share of its e-mails, in total or to a domain, fail … */
  failureRatePercent: whole(1, 99, "percent").default(60),
  /** … within this many minutes … */
  failureRateMinutes: whole(5, 60, "minutes")
    .refine((minutes) => minutes % 5 === 0, { error: "5, 10, 15 … or 60 minutes" })
    .default(15),
  /** … of at least this many e-mails. 60 % in 15 minutes is Mailjet's and Sarbacane's example; the minimum is ours. */
  failureRateMinEmails: whole(1, 1_000_000, "e-mails").default(100),
  /** The account that gets the `rappel.*` events of all accounts. */
  operatorAccount: matching(ACCOUNT, "1 to 64 of A-Z a-z 0-9 _ -").default("operator"),
  /** Default retry schedule of new endpoints: a preset, or stages such as `10x30s,10x30m`. */
  retrySchedule: scheduleText.default("standard"),
  /** Maximum concurrent dispatches. Default: half of the 1,000 concurrent executions of most AWS accounts. */
  dispatchConcurrency: whole(2, 1_000, "concurrent invocations").default(500),
  /**
   * Reserved concurrency per function, taken from the account's. None by default: the event sources already limit
   * deliveries, and no other function can use what is reserved. 0 stops a function.
   */
  reservedConcurrency: byFunction(whole(0, 10_000, "concurrent invocations")),
  /** Memory per function in MB, instead of its default. CPU is in proportion: one core at 1,769 MB. */
  memoryMb: byFunction(whole(128, 10_240, "MB")),
  /** Whether the table can be restored to any second of the last 35 days. Billed by table size. */
  pointInTimeRecovery: isTrueOrFalse.default(true),
  /** What happens to table, queues and logs when their stack is deleted. With `retain` the table has deletion protection too. */
  stateRemoval: z.enum(["retain", "destroy"], { error: `"retain" or "destroy"` }),
};
export type ServiceSettings = z.output<z.ZodObject<typeof SERVICE_FIELDS>>;

/** Otherwise the event source would receive more than may run, and messages would go to the dead-letter queue unprocessed. */
export const ENOUGH_CONCURRENCY = {
  check: ({ reservedConcurrency: { dispatch = 0 }, dispatchConcurrency }: ServiceSettings) =>
    dispatch === 0 || dispatch >= dispatchConcurrency,
  problem: { path: ["reservedConcurrency", "dispatch"], error: "0, or at least dispatchConcurrency" },
};

/**
 * What is wrong with a setting: where it is, the value, what is allowed.
 * @param found the settings that were parsed
 * @param kind what a setting is called there
 */
export function explainIssue(issue: z.core.$ZodIssue, found: unknown, kind = "setting"): string {
  const where = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return `${[where, issue.keys.join(", ")].filter(Boolean).join(".")}: no such ${kind}`;
  }
  const got = issue.path.reduce(
    (value: unknown, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    found,
  );
  return `${where}: got ${shown(got)}, need ${issue.message}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Construct.isConstruct(value)) return `the construct ${value.node.path}`;
  try {
    return JSON.stringify(value);
  } catch {
    return "an object with a construct"; // which refers to its scope, and so to itself
  }
}
