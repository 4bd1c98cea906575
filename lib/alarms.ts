import { Alarm, type AlarmProps, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Duration, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { LIMITS } from "../lambdas/core/limits.ts";
import type { Watched } from "./observability-stack.ts";

/** An alarm goes off when `metric` is at or above `from`. Its text is all that its reader may have at night. */
interface AlarmText {
  readonly metric: IMetric;
  readonly from: number;
  readonly impact: string;
  readonly firstStep: string;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
/** Ours: one crash is retried and mends itself, three in five minutes are a cause. */
const ERRORS_FROM = 3;

/** The alarms, and where an address is given, a topic that writes to it. */
export function addAlarms(scope: Construct, watched: Watched, email: string | undefined): Alarm[] {
  const texts = { ...queueAlarms(watched), ...functionAlarms(watched), ...loopAlarms(watched), ...apiAlarms(watched) };
  const alarms = Object.entries(texts).map(([id, text]) => new Alarm(scope, id, alarmProps(text)));
  if (email !== undefined) {
    const told = new SnsAction(alarmTopic(scope, email));
    for (const alarm of alarms) {
      alarm.addAlarmAction(told);
      alarm.addOkAction(told);
    }
  }
  return alarms;
}

function alarmProps({ metric, from, impact, firstStep }: AlarmText): AlarmProps {
  return {
    metric,
    threshold: from,
    evaluationPeriods: 1,
    alarmDescription: `Impact: ${impact} First step: ${firstStep}`,
    // An idle service sends no metrics, and is well.
    treatMissingData: TreatMissingData.NOT_BREACHING,
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
      from: LIMITS.youngSeconds,
      impact: `a wake-up has waited for ${LIMITS.youngSeconds / 60} minutes: what failed is tried again too late.`,
      firstStep: "on the dashboard, look whether the wake function is throttled or fails.",
    },
    OldestMessageTooOld: {
      metric: eventsQueue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: MINUTE }),
      // Until then the API says of an unknown event that it may still be on its way; a failed message is back after 360 s.
      from: LIMITS.youngSeconds,
      impact: `an event has waited for ${LIMITS.youngSeconds / 60} minutes: deliveries are late, and GET /v1/events/{id} says 404 for it.`,
      firstStep:
        "on the dashboard, look whether dispatch is throttled (raise the account's Lambda concurrency), fails (the errors are listed), or is merely busy (it falls behind while its duration is normal).",
    },
  };
}

function functionAlarms({ api, delivery }: Watched): Record<string, AlarmText> {
  const wellKnown = {
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
    Object.entries(wellKnown).flatMap(([name, { of, impact }]) => [
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
    ToldEventsDropped: {
      metric: delivery.dispatch.lambda.metric("RecursiveInvocationsDropped", {
        statistic: "Sum",
        period: FIVE_MINUTES,
      }),
      from: 1,
      impact:
        "Lambda stops a chain of events that tell of endpoints that fail at hearing of others: they are in the dead letters of the events queue.",
      firstStep:
        "Find endpoints that ask for rappel.* and fail (GET /v1/endpoints), mend or pause them, then redrive the dead letters.",
    },
  };
}

function apiAlarms({ api }: Watched): Record<string, AlarmText> {
  return {
    ServerErrors: {
      metric: api.stage.metricServerError({ statistic: "Sum", period: FIVE_MINUTES }),
      from: ERRORS_FROM,
      impact: "callers get 5xx for requests that are right: producers must send events again.",
      firstStep: `aws logs tail ${api.accessLogs.logGroupName} --since 15m --filter-pattern '{ $.status = "5*" }', then look at integrationError and at the function behind the routeKey.`,
    },
  };
}

function alarmTopic(scope: Construct, email: string): Topic {
  const topic = new Topic(scope, "Alarms", { displayName: "Rappel alarms", enforceSSL: true });
  // A policy of one's own, as enforceSSL makes one, replaces the default that lets the account's alarms publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: "AlarmsOfThisAccount",
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  );
  topic.addSubscription(new EmailSubscription(email));
  return topic;
}
