import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  PeriodOverride,
  TextWidget,
  TextWidgetBackground,
} from "aws-cdk-lib/aws-cloudwatch";
import { Operation } from "aws-cdk-lib/aws-dynamodb";
import { Duration, type Stack } from "aws-cdk-lib/core";
import type { Watched } from "./observability-stack.ts";

const MINUTE = Duration.minutes(1);
const OPERATIONS = [
  Operation.GET_ITEM,
  Operation.BATCH_GET_ITEM,
  Operation.QUERY,
  Operation.PUT_ITEM,
  Operation.UPDATE_ITEM,
];

/** One page, top to bottom the way of an event. Each graph says in its title what good looks like. */
export function addDashboard(scope: Stack, watched: Watched, alarms: Alarm[]): Dashboard {
  const dashboard = new Dashboard(scope, "Dashboard", {
    dashboardName: scope.stackName,
    defaultInterval: Duration.hours(3),
    periodOverride: PeriodOverride.INHERIT,
  });
  dashboard.addWidgets(
    new TextWidget({
      width: 24,
      height: 2,
      background: TextWidgetBackground.TRANSPARENT,
      markdown:
        "# Rappel\nTop to bottom, the way of an event: accepted, queued, dispatched, settled in the table. All is well when every alarm is green and every graph looks as its title says.",
    }),
  );
  dashboard.addWidgets(new AlarmStatusWidget({ title: "Alarms (good: all green)", alarms, width: 24, height: 3 }));
  dashboard.addWidgets(...accepted(watched));
  dashboard.addWidgets(...queued(watched));
  dashboard.addWidgets(...dispatched(watched));
  dashboard.addWidgets(...retried(watched));
  dashboard.addWidgets(...settled(watched));
  return dashboard;
}

function graph(title: string, good: string, left: IMetric[], from?: number): GraphWidget {
  return new GraphWidget({
    title: `${title} (good: ${good})`,
    left,
    leftYAxis: { min: 0, showUnits: false },
    ...(from === undefined ? {} : { leftAnnotations: [{ value: from, label: "no longer good" }] }),
    width: 8,
    height: 6,
  });
}

function accepted({ api: { stage } }: Watched): GraphWidget[] {
  const sum = { period: MINUTE, statistic: "Sum" };
  const latency = (statistic: string) => stage.metricLatency({ period: MINUTE, statistic, label: statistic });
  return [
    graph("Requests a minute", "your producers' rhythm", [stage.metricCount({ ...sum, label: "requests" })]),
    graph("Refused and failed requests", "5xx at zero; 4xx are callers' mistakes", [
      stage.metricClientError({ ...sum, label: "4xx" }),
      stage.metricServerError({ ...sum, label: "5xx" }),
    ]),
    graph("Time to answer, ms", "p99 under 500, tests of slow URLs apart", [latency("p50"), latency("p99")], 500),
  ];
}

function queued({ state: { eventsQueue, eventsDeadLetters } }: Watched): GraphWidget[] {
  const max = { period: MINUTE, statistic: "Maximum" };
  return [
    graph("Messages waiting and in flight", "waiting falls back to zero after a burst", [
      eventsQueue.metricApproximateNumberOfMessagesVisible({ ...max, label: "waiting" }),
      eventsQueue.metricApproximateNumberOfMessagesNotVisible({ ...max, label: "in flight" }),
    ]),
    graph(
      "Age of the oldest message, seconds",
      "under 10; at 360 a failed one comes back",
      [eventsQueue.metricApproximateAgeOfOldestMessage({ ...max, label: "oldest" })],
      360,
    ),
    graph("Dead letters", "zero, always", [
      eventsDeadLetters.metricApproximateNumberOfMessagesVisible({ ...max, label: "dead letters" }),
    ]),
  ];
}

function dispatched({ api, delivery }: Watched): GraphWidget[] {
  const functions = Object.entries({
    accept: api.accept,
    api: api.api,
    dispatch: delivery.dispatch,
    wake: delivery.wake,
    sweep: delivery.sweep,
    erase: delivery.erase,
  });
  const { lambda } = delivery.dispatch;
  const duration = (statistic: string) => lambda.metricDuration({ period: MINUTE, statistic, label: statistic });
  return [
    graph(
      "Functions' errors and throttles",
      "zero",
      functions.flatMap(([label, of]) => [
        of.lambda.metricErrors({ period: MINUTE, label: `${label} errors` }),
        of.lambda.metricThrottles({ period: MINUTE, label: `${label} throttles` }),
      ]),
    ),
    graph("Time of a dispatch, ms", "near your slowest receiver, far under 60,000", [duration("p50"), duration("p99")]),
    graph("Dispatches at once", "far under the account's Lambda concurrency, often 1,000", [
      lambda.metric("ConcurrentExecutions", { period: MINUTE, statistic: "Maximum", label: "at once" }),
    ]),
  ];
}

function retried({ state: { wakeUps }, delivery }: Watched): GraphWidget[] {
  const sum = { period: MINUTE, statistic: "Sum" };
  const max = { period: MINUTE, statistic: "Maximum" };
  return [
    graph("Rounds a minute", "one per endpoint that is failing or catching up, and its next when it is due", [
      delivery.wake.lambda.metricInvocations({ ...sum, label: "batches of wake-ups" }),
    ]),
    graph("Age of the oldest wake-up, seconds", "under 10", [
      wakeUps.queue.metricApproximateAgeOfOldestMessage({ ...max, label: "oldest" }),
    ]),
    graph("Sweeper, runs a minute and errors; dead wake-ups", "one run; no errors; no dead wake-ups", [
      delivery.sweep.lambda.metricInvocations({ ...sum, label: "runs" }),
      delivery.sweep.lambda.metricErrors({ ...sum, label: "errors" }),
      wakeUps.deadLetters.metricApproximateNumberOfMessagesVisible({ ...max, label: "dead wake-ups" }),
    ]),
  ];
}

function settled({ state: { table }, api, delivery }: Watched): (GraphWidget | LogQueryWidget)[] {
  const sum = { period: MINUTE, statistic: "Sum" };
  return [
    graph("Table units a minute", "about one write per event and a little", [
      table.metricConsumedReadCapacityUnits({ ...sum, label: "read" }),
      table.metricConsumedWriteCapacityUnits({ ...sum, label: "written" }),
    ]),
    graph("Throttled by the table", "zero", [
      table.metricThrottledRequestsForOperations({ operations: OPERATIONS, period: MINUTE, statistic: "Sum" }),
    ]),
    new LogQueryWidget({
      title: "What went wrong (good: nothing)",
      logGroupNames: [api.accept, api.api, delivery.dispatch, delivery.wake, delivery.sweep, delivery.erase].map(
        ({ logGroup }) => logGroup.logGroupName,
      ),
      queryLines: [
        "fields @timestamp, coalesce(service, 'runtime') as service, message, @message",
        `filter level in ["WARN", "ERROR", "CRITICAL", "FATAL"] or record.status in ["error", "timeout"]`,
        "sort @timestamp desc",
        "limit 50",
      ],
      width: 8,
      height: 6,
    }),
  ];
}
