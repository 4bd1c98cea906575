import { type IMetric, MathExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Duration } from "aws-cdk-lib/core";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { Settings } from "../settings.ts";
import { LAG_FROM_SECONDS } from "./retry-pipeline.ts";
import type { Watched } from "./watched-resources.ts";

/** An alarm and its text, which is all that its reader may have at night. */
export interface AlarmText {
  readonly metric: IMetric;
  /** It goes off when the metric is at or above this … */
  readonly from: number;
  /** … for so many periods in a row. Default: 1. */
  readonly periods?: number;
  /** Whether it goes off below `from` instead, and also when the metric is silent. */
  readonly isSilenceBad?: true;
  readonly impact: string;
  readonly firstStep: string;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);
/** Ours: one crash is retried and mends itself, three in five minutes are a cause. */
const ERRORS_FROM = 3;
/** Ours: a crash or two leave a wake-up to be sent again; a quarter of an hour without a pause is a cause. */
const REPAIRING_PERIODS = 3;

/** All alarms by the ids of their constructs. */
export function alarmTexts(watched: Watched, settings: Settings): Record<string, AlarmText> {
  return {
    ...queueAlarms(watched),
    ...functionAlarms(watched),
    ...loopAlarms(watched),
    ...wakeUpAlarms(watched),
    ...endpointAlarms(watched, settings),
    ...failureRateAlarms(watched, settings),
    ...apiAlarms(watched),
  };
}

function queueAlarms({ state }: Watched): Record<string, AlarmText> {
  const { eventsQueue, eventsDeadLetters } = state;
  return {
    DeadLettersNotEmpty: {
      metric: eventsDeadLetters.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum", period: MINUTE }),
      from: 1,
      impact: `events that were accepted are not being delivered: dispatch failed ${LIMITS.maxReceives} times on them. They are kept for 14 days from their acceptance.`,
      firstStep: `find the cause on the dashboard, under "What went wrong". When it is mended: aws sqs start-message-move-task --source-arn ${eventsDeadLetters.queueArn}`,
    },
    WakeDeadLettersNotEmpty: {
      metric: state.wakeUps.deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: "Maximum",
        period: MINUTE,
      }),
      from: 1,
      impact: `rounds fail again and again for some endpoints: what is pending there is not tried. Nothing is lost, and the sweeper sends their wake-ups again every minute.`,
      firstStep: `find the cause in the wake function's log; the messages name the endpoints. When it is mended: aws sqs purge-queue --queue-url ${state.wakeUps.deadLetters.queueUrl}`,
    },
    WakeUpTooOld: {
      metric: state.wakeUps.queue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: MINUTE }),
      from: LIMITS.notYetLoggedSeconds,
      impact: `a wake-up has waited for ${LIMITS.notYetLoggedSeconds / 60} minutes: what failed is tried again too late.`,
      firstStep: "on the dashboard, look whether the wake function is throttled or fails.",
    },
    OldestMessageTooOld: {
      metric: eventsQueue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: MINUTE }),
      // Until then the API says of an unknown event that it may still be on its way; a failed message is back after 360 s.
      from: LIMITS.notYetLoggedSeconds,
      impact: `an event has waited for ${LIMITS.notYetLoggedSeconds / 60} minutes: deliveries are late, and GET /v1/events/{id} says 404 for it.`,
      firstStep:
        "on the dashboard, look whether dispatch is throttled (raise the account's Lambda concurrency), fails (the errors are listed), or is merely busy (it falls behind while its duration is normal).",
    },
  };
}

function functionAlarms({ api, delivery }: Watched): Record<string, AlarmText> {
  const known = {
    Accept: { of: api.accept, impact: "producers get a 5xx instead of a 202 and must send again." },
    Api: { of: api.api, impact: "calls on endpoints, events and tests fail with a 5xx. Deliveries go on." },
    Wake: { of: delivery.wake, impact: "what failed is tried again late. Nothing is lost." },
    Sweep: { of: delivery.sweep, impact: "wake-ups that were lost are not sent again: what is pending there waits." },
    Erase: { of: delivery.erase, impact: "accounts that were deleted are not erased. Nothing else waits for it." },
    Dispatch: {
      of: delivery.dispatch,
      impact: `deliveries are late by ${LIMITS.visibilitySeconds / 60} minutes or more, and after ${LIMITS.maxReceives} failures go to the dead letters.`,
    },
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, { of, impact }]) => [
      [
        `${name}Errors`,
        {
          metric: of.lambda.metricErrors({ period: FIVE_MINUTES }),
          from: ERRORS_FROM,
          impact: `the function crashes or times out: ${impact}`,
          firstStep: `aws logs tail ${of.logGroup.logGroupName} --since 15m --filter-pattern '?ERROR ?timeout'`,
        },
      ],
      [
        `${name}Throttled`,
        {
          metric: of.lambda.metricThrottles({ period: FIVE_MINUTES }),
          from: ERRORS_FROM,
          impact: `Lambda refuses to run the function: ${impact}`,
          firstStep:
            "aws lambda get-account-settings; a new account may run 10 at a time: ask for more in Service Quotas, Lambda, Concurrent executions.",
        },
      ],
    ]),
  );
}

/**
 * Lambda stops what it takes for a loop. The wake function is allowed to feed its own queue, if that is ever undone; dispatch
 * is not, for what it tells must not go round for ever.
 */
function loopAlarms({ delivery }: Watched): Record<string, AlarmText> {
  return {
    WakeUpsDropped: {
      metric: delivery.wake.lambda.metric("RecursiveInvocationsDropped", { statistic: "Sum", period: FIVE_MINUTES }),
      from: 1,
      impact:
        "Lambda drops wake-ups because it takes them for a loop: failing endpoints are tried by the sweeper alone.",
      firstStep: `aws lambda put-function-recursion-config --function-name ${delivery.wake.lambda.functionName} --recursive-loop Allow`,
    },
    StatusEventsDropped: {
      metric: delivery.dispatch.lambda.metric("RecursiveInvocationsDropped", {
        statistic: "Sum",
        period: FIVE_MINUTES,
      }),
      from: 1,
      impact:
        "Lambda stops a chain of events that tell of endpoints that fail at hearing of others: they are in the dead letters of the events queue.",
      firstStep:
        "find endpoints that ask for rappel.* and fail (GET /v1/endpoints), mend or pause them, then redrive the dead letters.",
    },
  };
}

function apiAlarms({ api }: Watched): Record<string, AlarmText> {
  return {
    ServerErrors: {
      metric: api.stage.metricServerError({ statistic: "Sum", period: FIVE_MINUTES }),
      from: ERRORS_FROM,
      impact: "callers get 5xx for requests that are right: producers must send events again.",
      firstStep: `aws logs tail ${api.accessLogs.logGroupName} --since 15m --filter-pattern '{ $.status = "5*" }', then look at integrationError, and in the log of the function that answers that method and path.`,
    },
  };
}

function wakeUpAlarms({ delivery, own }: Watched): Record<string, AlarmText> {
  const sweeperLog = delivery.sweep.logGroup.logGroupName;
  return {
    WakeUpsLate: {
      metric: own("WakeUpLag", "wake", { statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      from: LAG_FROM_SECONDS,
      impact: `rounds begin ${LAG_FROM_SECONDS / 60} minutes or more after their time: what failed is tried again too late.`,
      firstStep:
        "on the retry pipeline's dashboard, look whether wake-ups are old in their queue (the wake function is throttled or fails) or are being sent again by the sweeper (the Scheduler refuses or loses them).",
    },
    SweeperRepairing: {
      metric: own("WakeUpsResent", "sweep", { statistic: Stats.SUM, period: FIVE_MINUTES }),
      from: 1,
      periods: REPAIRING_PERIODS,
      impact:
        "promised wake-ups do not come by themselves: each is late by two minutes or more, until the sweeper sends it again. Nothing is lost.",
      firstStep: `aws logs tail ${delivery.wake.logGroup.logGroupName} --since 30m --filter-pattern '"Scheduler"'; then look for errors and throttles of the wake function, and for EventBridge Scheduler's own in AWS Health.`,
    },
    SweeperSilent: {
      metric: own("SweeperHeartbeat", "sweep", { statistic: Stats.SUM, period: FIVE_MINUTES }),
      from: 1,
      isSilenceBad: true,
      impact: "nobody sends lost wake-ups again: what a crash leaves behind waits until the sweeper runs.",
      firstStep: `aws logs tail ${sweeperLog} --since 30m; where it is empty: aws scheduler list-schedules --group-name default --name-prefix ${delivery.stackName}`,
    },
  };
}

function failureRateAlarms(
  { own }: Watched,
  { failureRatePercent, failureRateMinutes }: Settings,
): Record<string, AlarmText> {
  return {
    FailureRateExceeded: {
      metric: own("FailureRateExceeded", "dispatch", { statistic: Stats.SUM, period: FIVE_MINUTES }),
      from: 1,
      impact: `over ${failureRatePercent} % of an account's e-mails, in all or to one domain, did not arrive within ${failureRateMinutes} minutes. Webhooks are delivered as ever: it is the e-mails that they tell of.`,
      firstStep:
        "see whose, and where to: the log of the operator's account has a rappel.failure_rate.exceeded event for each (GET /v1/events?type=rappel.failure_rate.exceeded). The account's own subscribers were told too; GET /v1/stats?by=destination&interval=5m has the figures.",
    },
  };
}

function endpointAlarms({ own }: Watched, { suspensionsPerHour }: Settings): Record<string, AlarmText> {
  const suspended = (by: "dispatch" | "wake") => own("EndpointsSuspended", by, { statistic: Stats.SUM, period: HOUR });
  return {
    EndpointsSuspended: {
      metric: new MathExpression({
        label: "endpoints suspended in an hour",
        expression: "SUM(METRICS())",
        usingMetrics: { dispatch: suspended("dispatch"), wake: suspended("wake") },
        period: HOUR,
      }),
      from: suspensionsPerHour,
      impact: `${suspensionsPerHour} or more endpoints were suspended within an hour: nothing is sent to them until they are resumed, and after ${LIMITS.suspendedQueueSeconds / 86_400} days events no longer wait for them.`,
      firstStep:
        "see which: the log of the operator's account has a rappel.endpoint.suspended event for each (GET /v1/events?type=rappel.endpoint.suspended). Of one host or for one outcome, it is theirs; of many, look at our own network first.",
    },
  };
}
