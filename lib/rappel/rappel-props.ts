import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { RemovalPolicy } from "aws-cdk-lib/core";

/** A function of Rappel, as in its logs and in the dimensions of its metrics. */
export type RappelFunctionName = "accept" | "api" | "console" | "dispatch" | "erase" | "sweep" | "wake";

/** How many requests API Gateway accepts. Others get 429. */
export interface RappelThrottling {
  /** Requests per second, steady: 1 to 10,000, the default quota of an account and region for all its APIs together. */
  readonly rate: number;
  /** Requests at once, above the steady rate: 1 to 5,000. */
  readonly burst: number;
}

/** The throttling of the whole API and of single routes. */
export interface RappelApiThrottling extends RappelThrottling {
  /** Routes with their own rate, by method and path, such as `"POST /v1/endpoints/test"`. Not the routes under `/v3`. */
  readonly routes?: Readonly<Record<string, RappelThrottling>>;
}

/** A custom domain of the API. You create its DNS record, to `Rappel.domainName`. */
export interface RappelDomain {
  /** A host name such as `hooks.example.com`. */
  readonly name: string;
  /** Its certificate in ACM, in the same region. */
  readonly certificate: ICertificate;
}

/** The console's own look. */
export interface RappelConsoleBranding {
  /** Shown instead of "Webhooks": 1 to 40 characters. */
  readonly name?: string;
  /** Colour of links and buttons, such as `#2457d6`. The console uses a darker and a lighter form that can be read. */
  readonly accent?: string;
  /** Path of an SVG or PNG file of at most 64 KiB, from the working directory. */
  readonly logo?: string;
}

/** Properties of {@link Rappel}. All have a default. An invalid one is an error that names it and says what is allowed. */
export interface RappelProps {
  /**
   * Whether receivers must be https. With false, http:// URLs can be registered too.
   * @default true
   */
  readonly httpsOnly?: boolean;
  /**
   * The API's throttling.
   * @default 1,000 requests per second, 2,000 at once
   */
  readonly throttling?: RappelApiThrottling;
  /**
   * Events per second that are accepted of each account without a limit of its own, so that one account cannot use up the
   * throttling. A limit costs one DynamoDB write per request.
   * @default no limit
   */
  readonly eventsPerSecond?: number;
  /**
   * Partitions of each account's events and of each endpoint's backlog: 8, 16, 32 or 64. 8 take 5,600 events a second of one
   * account, 64 take 44,800. A list makes a query for each. It can be raised, never lowered.
   * @default 8
   */
  readonly shards?: 8 | 16 | 32 | 64;
  /**
   * A custom domain for the API.
   * @default the host name that API Gateway gives
   */
  readonly domain?: RappelDomain;
  /**
   * Origins whose pages may embed the console (`/console`) in a frame, such as `https://app.example.com`.
   * @default none
   */
  readonly consoleFrameAncestors?: readonly string[];
  /**
   * The console's own look.
   * @default "Webhooks", blue, no logo
   */
  readonly consoleBranding?: RappelConsoleBranding;
  /**
   * How long logs are kept. `INFINITE` is not allowed.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * `RETAIN`: table, queues, key and logs stay in the account when they leave the stack, and the table has deletion
   * protection. What a failed first deployment created is deleted nevertheless. `DESTROY`: they are deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether the table can be restored to any second of the last 35 days. Billed by table size.
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * A topic for the alarms. Its policy must let `cloudwatch.amazonaws.com` publish.
   * @default a new topic
   */
  readonly alarmTopic?: ITopic;
  /**
   * Gets an e-mail when an alarm fires or ends. Not together with `alarmTopic`: subscribe to your topic instead.
   * @default none
   */
  readonly alarmEmail?: string;
  /**
   * An alarm fires when so many endpoints are suspended within an hour: 1 to 10,000.
   * @default 5
   */
  readonly suspensionsPerHour?: number;
  /**
   * An account gets `rappel.failure_rate.exceeded` when over this percentage of its e-mails fail, in total or to a domain:
   * 1 to 99.
   * @default 60
   */
  readonly failureRatePercent?: number;
  /**
   * The window of `failureRatePercent` in minutes: 5, 10, 15 and so on to 60.
   * @default 15
   */
  readonly failureRateMinutes?: number;
  /**
   * The fewest e-mails in a window that count: 1 to 1,000,000.
   * @default 100
   */
  readonly failureRateMinEmails?: number;
  /**
   * The account that gets the `rappel.*` events of all accounts: 1 to 64 of `A-Z a-z 0-9 _ -`.
   * @default "operator"
   */
  readonly operatorAccount?: string;
  /**
   * Retry schedule of new endpoints: `standard`, `mailjet`, `sarbacane`, or stages such as `10x30s,10x30m`.
   * @default "standard"
   */
  readonly retrySchedule?: string;
  /**
   * The shortest wait in seconds that uses EventBridge Scheduler, which is up to 60 s late: 1 to 900. Shorter waits are SQS
   * delays, exact to a second or two.
   * @default 10
   */
  readonly schedulerFromSeconds?: number;
  /**
   * While an endpoint is failing and its next probe is farther away than this, in seconds, a new event may be tried in
   * between: 0 (never) to 86,400.
   * @default 300
   */
  readonly earlyProbeSeconds?: number;
  /**
   * Maximum concurrent dispatches, 2 to 1,000. Retry rounds may use a fifth more.
   * @default 500
   */
  readonly dispatchConcurrency?: number;
  /**
   * Reserved concurrency per function, 0 (stopped) to 10,000. For `dispatch`: 0, or at least `dispatchConcurrency`.
   * @default none, since it is taken from all other functions of the account
   */
  readonly reservedConcurrency?: { readonly [name in RappelFunctionName]?: number };
  /**
   * Memory per function in MB, 128 to 10,240. CPU is in proportion: one core at 1,769 MB.
   * @default accept, dispatch and wake 512, api 1,024, the others 256
   */
  readonly memoryMb?: { readonly [name in RappelFunctionName]?: number };
  /**
   * The namespace of the functions' CloudWatch metrics. Give each Rappel of an account and region another one: 1 to 255 of
   * `A-Z a-z 0-9 . - _ / #`.
   * @default `Rappel/`, the stack's name and the construct's path
   */
  readonly metricNamespace?: string;
}
