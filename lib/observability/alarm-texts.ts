import { type IMetric, MathExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Duration, Stack } from "aws-cdk-lib/core";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { ServiceSettings } from "../service-settings.ts";
import { LAG_FROM_SECONDS } from "./retry-pipeline.ts";
import type { Watched } from "./watched-resources.ts";

/** An alarm and its text. The text must be enough to act on without any other page. */
export interface AlarmText {
  readonly metric: IMetric;
  /** The alarm fires when the metric is at or above this … */
  readonly from: number;
  /** … for this many periods in a row. Default: 1. */
  readonly periods?: number;
  /** Fires below `from` instead, and when the metric has no data. */
  readonly isSilenceBad?: true;
  readonly impact: string;
  readonly firstStep: string;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const TEN_MINUTES = Duration.minutes(10);
const HOUR = Duration.hours(1);
/** Ours: one crash is retried without harm; three in five minutes need attention. */
const ERRORS_FROM = 3;
/** Ours: a crash or two leave a wake-up to send again; 15 minutes without a pause need attention. */
const REPAIRING_PERIODS = 3;

/** All alarms by the ids of their constructs. */
export function alarmTexts(watched: Watched, settings: ServiceSettings): Record<string, AlarmText> {
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

function queueAlarms({ state, own }: Watched): Record<string, AlarmText> {
  const { eventsQueue, eventsDeadLetters } = state;
  return {
    DeadLettersNotEmpty: {
      metric: messagesIn(eventsDeadLetters),
      from: 1,
      impact: `accepted events are not being delivered: dispatch could not decode them, or failed on them for four days. They are kept for 14 days from acceptance.`,
      firstStep: `find the cause on the dashboard, under "What went wrong", and deploy a version that works. The sweeper then sends them again by itself.`,
    },
    MessagesFailing: {
      // A failed message returns within six minutes. Its age does not show in SQS's own metric after some receives.
      metric: own("MessagesFailed", "dispatch", { statistic: Stats.SUM, period: TEN_MINUTES }),
      from: 1,
      periods: 2,
      impact:
        "dispatch keeps failing on accepted events: they are late, and GET /v1/events/{id} answers 404 for them. Nothing is lost; they are received again for four days.",
      firstStep:
        "find the error in dispatch's log (\"message failed\"): a table or a key that refuses, a permission, or one account's data. Everything arrives by itself once the cause is gone.",
    },
    WakeDeadLettersNotEmpty: {
      metric: messagesIn(state.wakeUps.deadLetters),
      from: 1,
      impact: `retry rounds keep failing for some endpoints, so their pending deliveries are not retried. Nothing is lost; the sweeper sends their wake-ups again every minute.`,
      firstStep: `find the cause in the wake function's log; the lines name the endpoints. The sweeper deletes these messages by itself, except those that cannot be decoded.`,
    },
    WakeUpTooOld: {
      metric: state.wakeUps.queue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: MINUTE }),
      from: LIMITS.notYetLoggedSeconds,
      impact: `a wake-up has waited for ${LIMITS.notYetLoggedSeconds / 60} minutes: retries are late.`,
      firstStep: "check on the dashboard whether the wake function is throttled or fails.",
    },
    OldestMessageTooOld: {
      metric: eventsQueue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: MINUTE }),
      // Up to this age the API answers that an unknown event may not be logged yet. A failed message returns within 360 s.
      from: LIMITS.notYetLoggedSeconds,
      impact: `an event has waited for ${LIMITS.notYetLoggedSeconds / 60} minutes: deliveries are late, and GET /v1/events/{id} answers 404 for it.`,
      firstStep:
        "check on the dashboard whether dispatch is throttled (raise the account's Lambda concurrency), fails (the errors are listed), or is only busy (it falls behind with a normal duration).",
    },
  };
}

/** Messages in a queue. Those that the sweeper has just received, and leaves there, count too. */
function messagesIn(queue: IQueue): IMetric {
  const options = { statistic: Stats.MAXIMUM, period: MINUTE };
  return new MathExpression({
    expression: "visible + hidden",
    label: "dead letters",
    period: MINUTE,
    usingMetrics: {
      visible: queue.metricApproximateNumberOfMessagesVisible(options),
      hidden: queue.metricApproximateNumberOfMessagesNotVisible(options),
    },
  });
}

function functionAlarms({ api, delivery }: Watched): Record<string, AlarmText> {
  const known = {
    Accept: { of: api.accept, impact: "producers get a 5xx instead of a 202 and must send again." },
    Api: { of: api.api, impact: "API calls for endpoints, events and tests fail with a 5xx. Deliveries continue." },
    Console: { of: api.console, impact: "the console's page does not load. The API and deliveries are not affected." },
    Wake: { of: delivery.wake, impact: "retries are late. Nothing is lost." },
    Sweep: {
      of: delivery.sweep,
      impact: "lost wake-ups are not sent again, so those endpoints' deliveries stay pending.",
    },
    Erase: { of: delivery.erase, impact: "deleted accounts are not erased. Nothing else is affected." },
    Dispatch: {
      of: delivery.dispatch,
      impact: `deliveries are late by up to ${LIMITS.visibilitySeconds / 60} minutes after each failure. Nothing is lost: messages are received again for days.`,
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
            "aws lambda get-account-settings; a new AWS account may allow only 10 concurrent executions: request more in Service Quotas.",
        },
      ],
    ]),
  );
}

/**
 * Lambda stops what it detects as a loop. The wake function is allowed to send to its own queue; this alarm fires if that
 * setting is ever undone. Dispatch is not allowed to: operational webhooks must not loop.
 */
function loopAlarms({ delivery }: Watched): Record<string, AlarmText> {
  return {
    WakeUpsDropped: {
      metric: delivery.wake.lambda.metric("RecursiveInvocationsDropped", { statistic: "Sum", period: FIVE_MINUTES }),
      from: 1,
      impact: "Lambda drops wake-ups as a recursive loop: failing endpoints are retried only through the sweeper.",
      firstStep: `aws lambda put-function-recursion-config --function-name ${delivery.wake.lambda.functionName} --recursive-loop Allow`,
    },
    StatusEventsDropped: {
      metric: delivery.dispatch.lambda.metric("RecursiveInvocationsDropped", {
        statistic: "Sum",
        period: FIVE_MINUTES,
      }),
      from: 1,
      impact:
        "Lambda stops a chain of operational webhooks: each was published because an endpoint could not receive an event about another endpoint. They are in the events dead-letter queue, and the sweeper sends them again.",
      firstStep: "find endpoints that subscribe to rappel.* and fail (GET /v1/endpoints), and fix or pause them.",
    },
  };
}

function apiAlarms({ api }: Watched): Record<string, AlarmText> {
  return {
    ServerErrors: {
      metric: api.stage.metricServerError({ statistic: "Sum", period: FIVE_MINUTES }),
      from: ERRORS_FROM,
      impact: "callers get a 5xx for valid requests: producers must send events again.",
      firstStep: `aws logs tail ${api.accessLogs.logGroupName} --since 15m --filter-pattern '{ $.status = "5*" }', then check integrationError, and the log of the function behind that method and path.`,
    },
  };
}

function wakeUpAlarms({ delivery, own }: Watched): Record<string, AlarmText> {
  const sweeperLog = delivery.sweep.logGroup.logGroupName;
  return {
    WakeUpsLate: {
      metric: own("WakeUpLag", "wake", { statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      from: LAG_FROM_SECONDS,
      impact: `retry rounds start ${LAG_FROM_SECONDS / 60} minutes or more after their time: retries are late.`,
      firstStep:
        "check on the retry pipeline dashboard whether wake-ups are old in their queue (the wake function is throttled or fails) or are sent again by the sweeper (EventBridge Scheduler refuses or loses them).",
    },
    SweeperRepairing: {
      metric: own("WakeUpsResent", "sweep", { statistic: Stats.SUM, period: FIVE_MINUTES }),
      from: 1,
      periods: REPAIRING_PERIODS,
      impact:
        "scheduled wake-ups do not arrive: each is two minutes late or more, until the sweeper sends it again. Nothing is lost.",
      firstStep: `aws logs tail ${delivery.wake.logGroup.logGroupName} --since 30m --filter-pattern '"Scheduler"'; then check the wake function for errors and throttles, and AWS Health for EventBridge Scheduler.`,
    },
    SweeperSilent: {
      metric: own("SweeperHeartbeat", "sweep", { statistic: Stats.SUM, period: FIVE_MINUTES }),
      from: 1,
      isSilenceBad: true,
      impact: "lost wake-ups are not sent again: after a crash, deliveries stay pending until the sweeper runs.",
      firstStep: `aws logs tail ${sweeperLog} --since 30m; if that is empty: aws scheduler list-schedules --group-name default --name-prefix ${Stack.of(delivery).stackName}`,
    },
  };
}

function failureRateAlarms(
  { own }: Watched,
  { failureRatePercent, failureRateMinutes }: ServiceSettings,
): Record<string, AlarmText> {
  return {
    FailureRateExceeded: {
      metric: own("FailureRateExceeded", "dispatch", { statistic: Stats.SUM, period: FIVE_MINUTES }),
      from: 1,
      impact: `over ${failureRatePercent} % of an account's e-mails, in total or to one domain, were not delivered within ${failureRateMinutes} minutes. Webhooks are not affected; this is about the e-mails they report.`,
      firstStep:
        "find the account and the domain: the operator account's log has one rappel.failure_rate.exceeded event for each (GET /v1/events?type=rappel.failure_rate.exceeded). The account's own endpoints got it too. GET /v1/stats?by=destination&interval=5m has the counts.",
    },
  };
}

function endpointAlarms({ own }: Watched, { suspensionsPerHour }: ServiceSettings): Record<string, AlarmText> {
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
      impact: `${suspensionsPerHour} or more endpoints were suspended within an hour: nothing is sent to them until they are resumed, and after ${LIMITS.suspendedQueueSeconds / 86_400} days new events are not queued for them.`,
      firstStep:
        "find them: the operator account's log has one rappel.endpoint.suspended event for each (GET /v1/events?type=rappel.endpoint.suspended). One host or one outcome: the cause is at the receiver. Many: check your own network first.",
    },
  };
}
