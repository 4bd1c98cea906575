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

/** Each schema's `error` says what is allowed; `readSettings` adds where, and the value it got. */
function whole(min: number, max: number, unit: string) {
  const error = `a whole number of ${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

function matching(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

const isTrueOrFalse = z.boolean({ error: "true or false" });

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

/** One stage's settings, as `context.stages.<stage>` in cdk.json holds them. */
const StageSettings = z
  .strictObject({
    /** The stage's name; part of each stack's name. */
    stage: matching(/^[a-z][a-z0-9-]{0,15}$/, "1 to 16 of a-z, 0-9 and -, a letter first"),
    /** Default for both: the AWS profile used by `cdk deploy`. */
    account: matching(/^\d{12}$/, "12 digits in quotes").optional(),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-west-3").optional(),
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
     * 44,000. A list makes a query for each. Raise it only: docs/operations/quotas.md.
     */
    shards: z.literal(SHARD_COUNTS, { error: `one of ${SHARD_COUNTS.join(", ")}` }).default(SHARDS_MIN),
    /** A custom domain for the API, and its ACM certificate in the same region. You create the DNS record. */
    domain: z
      .strictObject(
        {
          name: matching(
            /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
            "a host name such as hooks.example.com",
          ),
          certificateArn: matching(
            /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
            "the ARN of a certificate in ACM",
          ),
        },
        { error: "an object with name and certificateArn" },
      )
      .optional(),
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
    /**
     * Whether CloudFormation refuses to delete the state stack. The CDK turns it on before a stack is created, and a first
     * creation that failed could then not be repeated: so it is off by default, for the first deployment.
     */
    terminationProtection: isTrueOrFalse.default(false),
    tags: z
      .record(
        z.string().min(1).max(128),
        z
          .string({ error: "a string of at most 256 characters" })
          .max(256, { error: "a string of at most 256 characters" }),
        { error: "an object of tag names and values" },
      )
      .default({}),
  })
  .refine(({ stage, allowLoopback }) => !allowLoopback || stage === "local", {
    path: ["allowLoopback"],
    error: "false: only stage local may deliver to loopback",
  })
  // Otherwise the event source would receive more than may run, and messages would go to the dead-letter queue unprocessed.
  .refine(
    ({ reservedConcurrency: { dispatch = 0 }, dispatchConcurrency }) =>
      dispatch === 0 || dispatch >= dispatchConcurrency,
    {
      path: ["reservedConcurrency", "dispatch"],
      error: "0, or at least dispatchConcurrency",
    },
  );

export type Settings = z.output<typeof StageSettings>;
/** The names of all settings except `stage`, which is the key in cdk.json. */
export const SETTINGS: readonly string[] = Object.keys(StageSettings.shape).filter((name) => name !== "stage");

const Stages = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * The settings of one stage.
 * @param stages cdk.json's `context.stages`
 * @throws {Error} naming each invalid setting: where it is, the value, what is allowed
 */
export function readSettings(stages: unknown, stage: string): Settings {
  const known = Stages.safeParse(stages);
  if (!known.success)
    throw new Error("Cannot read cdk.json: context.stages must be an object with one object per stage");
  const found = Object.hasOwn(known.data, stage) ? known.data[stage] : undefined;
  if (found === undefined) {
    throw new Error(
      `Cannot find stage "${stage}" in cdk.json, context.stages. It has: ${Object.keys(known.data).join(", ")}`,
    );
  }
  const parsed = StageSettings.safeParse({ ...found, stage });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${explainIssue(issue, found)}`);
  throw new Error(`Cannot use cdk.json, context.stages.${stage}:\n${lines.join("\n")}`);
}

function explainIssue(issue: z.core.$ZodIssue, found: unknown): string {
  const where = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return `${[where, issue.keys.join(", ")].filter(Boolean).join(".")}: no such setting`;
  }
  const got = issue.path.reduce(
    (value: unknown, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    found,
  );
  return `${where}: got ${got === undefined ? "nothing" : JSON.stringify(got)}, need ${issue.message}`;
}
