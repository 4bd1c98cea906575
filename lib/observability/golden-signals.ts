import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  type GraphWidget,
  LogQueryWidget,
  PeriodOverride,
} from "aws-cdk-lib/aws-cloudwatch";
import { Operation } from "aws-cdk-lib/aws-dynamodb";
import { Duration } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { functionsOf, type Watched } from "./watched-resources.ts";
import { addRow, dashboardName, graph, MAXIMUM, MEDIAN, P99, SUM, text } from "./widgets.ts";

/** Every operation that a function may perform on the table. */
const OPERATIONS = [
  Operation.GET_ITEM,
  Operation.BATCH_GET_ITEM,
  Operation.QUERY,
  Operation.PUT_ITEM,
  Operation.UPDATE_ITEM,
  Operation.DELETE_ITEM,
  Operation.BATCH_WRITE_ITEM,
];

/** The first dashboard to open: traffic, latency, errors, saturation. */
export function addGoldenSignals(scope: Construct, name: string, watched: Watched, alarms: Alarm[]): Dashboard {
  const dashboard = new Dashboard(scope, "Dashboard", {
    dashboardName: dashboardName(scope, name),
    defaultInterval: Duration.hours(3),
    periodOverride: PeriodOverride.INHERIT,
  });
  dashboard.addWidgets(
    text(
      "# Rappel: golden signals\nHealthy: every alarm is green and every graph looks as its title says. Failed deliveries are on the other dashboard, the retry pipeline.",
      2,
    ),
  );
  dashboard.addWidgets(new AlarmStatusWidget({ title: "Alarms (good: all green)", alarms, width: 24, height: 4 }));
  addRow(dashboard, "Traffic", ...traffic(watched));
  addRow(dashboard, "Latency", ...latency(watched));
  addRow(dashboard, "Errors", ...errors(watched));
  addRow(dashboard, "Saturation: the queue", ...queued(watched));
  addRow(dashboard, "Saturation: functions and table", ...saturation(watched));
  dashboard.addWidgets(whatWentWrong(watched));
  return dashboard;
}

function traffic({ api: { stage }, own }: Watched): GraphWidget[] {
  return [
    graph("Requests per minute", "follows your producers' traffic", [stage.metricCount({ ...SUM, label: "requests" })]),
    graph("Events accepted per minute", "follows your producers' traffic", [
      own("EventsAccepted", "accept", { ...SUM, label: "accepted" }),
    ]),
    graph("Deliveries per minute, by outcome", "nearly all delivered at once", [
      own("DeliveriesDelivered", "dispatch", { ...SUM, label: "delivered at once" }),
      own("DeliveriesDelivered", "wake", { ...SUM, label: "delivered later" }),
      own("DeliveriesPending", "dispatch", { ...SUM, label: "pending after the first attempt" }),
    ]),
  ];
}

function latency({ api: { stage }, own }: Watched): GraphWidget[] {
  return [
    graph(
      "Response time to producers, ms",
      "p99 under 500, except for tests of slow URLs",
      [stage.metricLatency({ ...MEDIAN, label: "p50" }), stage.metricLatency({ ...P99, label: "p99" })],
      500,
    ),
    graph(
      "From acceptance to first attempt, ms",
      "p50 under 500, p99 under 5,000",
      [
        own("AcceptToFirstAttempt", "dispatch", { ...MEDIAN, label: "p50" }),
        own("AcceptToFirstAttempt", "dispatch", { ...P99, label: "p99" }),
      ],
      5_000,
    ),
    graph("Receivers' response time, ms", "steady; a rise of p50 means many receivers, or your network", [
      own("ReceiverLatency", "dispatch", { ...MEDIAN, label: "first attempts, p50" }),
      own("ReceiverLatency", "dispatch", { ...P99, label: "first attempts, p99" }),
    ]),
  ];
}

function errors({ api, delivery, own }: Watched): GraphWidget[] {
  const first = (name: Parameters<typeof own>[0], label: string) => own(name, "dispatch", { ...SUM, label });
  return [
    graph("Refused and failed requests", "5xx at zero; 4xx are callers' mistakes", [
      api.stage.metricClientError({ ...SUM, label: "4xx" }),
      api.stage.metricServerError({ ...SUM, label: "5xx" }),
    ]),
    graph("First attempts per minute, by outcome", "succeeded far above all others together", [
      first("AttemptsSucceeded", "succeeded"),
      first("AttemptsHttpStatus", "other HTTP status"),
      first("AttemptsTimedOut", "timed out"),
      first("AttemptsUnreachable", "no DNS response or no connection"),
      first("AttemptsTlsFailed", "TLS failed"),
      first("AttemptsOther", "invalid HTTP, or an internal error"),
    ]),
    graph(
      "Function errors and throttles",
      "zero",
      Object.entries(functionsOf({ api, delivery })).flatMap(([label, { lambda }]) => [
        lambda.metricErrors({ ...SUM, label: `${label} errors` }),
        lambda.metricThrottles({ ...SUM, label: `${label} throttles` }),
      ]),
    ),
    graph("Accounts over the e-mail failure rate", "zero", [
      own("FailureRateExceeded", "dispatch", { ...SUM, label: "over the limit" }),
    ]),
  ];
}

function queued({ state: { eventsQueue, eventsDeadLetters }, own }: Watched): GraphWidget[] {
  return [
    graph("Messages visible and in flight", "visible falls back to zero after a burst", [
      eventsQueue.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, label: "visible" }),
      eventsQueue.metricApproximateNumberOfMessagesNotVisible({ ...MAXIMUM, label: "in flight" }),
    ]),
    graph(
      "Age of the oldest message, seconds",
      "under 10; a failed message returns after 10 to 360",
      [eventsQueue.metricApproximateAgeOfOldestMessage({ ...MAXIMUM, label: "oldest" })],
      360,
    ),
    graph("Failed messages and dead letters", "zero, always", [
      own("MessagesFailed", "dispatch", { ...SUM, label: "failed, and received again" }),
      eventsDeadLetters.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, label: "dead letters, visible" }),
      eventsDeadLetters.metricApproximateNumberOfMessagesNotVisible({ ...MAXIMUM, label: "dead letters, hidden" }),
    ]),
  ];
}

function saturation({ state: { table }, delivery, own }: Watched): GraphWidget[] {
  const { lambda } = delivery.dispatch;
  return [
    graph("Concurrent dispatches, and their duration in ms", "far under their limits: dispatchConcurrency and 60,000", [
      lambda.metric("ConcurrentExecutions", { ...MAXIMUM, label: "concurrent" }),
      lambda.metricDuration({ ...P99, label: "duration, p99" }),
    ]),
    graph("Table, per minute", "slightly over one write unit per event; none throttled", [
      table.metricConsumedReadCapacityUnits({ ...SUM, label: "read units" }),
      table.metricConsumedWriteCapacityUnits({ ...SUM, label: "write units" }),
      table.metricThrottledRequestsForOperations({ operations: OPERATIONS, ...SUM }),
    ]),
    graph("Refused by the address guard", "zero at attempts; otherwise a host name now leads to a private address", [
      own("GuardRefusals", "api", { ...SUM, label: "at registration or test" }),
      own("GuardRefusals", "dispatch", { ...SUM, label: "at a first attempt" }),
      own("GuardRefusals", "wake", { ...SUM, label: "at a retry" }),
    ]),
  ];
}

function whatWentWrong(watched: Watched): LogQueryWidget {
  return new LogQueryWidget({
    title: "What went wrong (good: nothing)",
    logGroupNames: Object.values(functionsOf(watched)).map(({ logGroup }) => logGroup.logGroupName),
    queryLines: [
      "fields @timestamp, coalesce(service, 'runtime') as service, message, outcome, status, endpoint, @message",
      `filter level in ["WARN", "ERROR", "CRITICAL", "FATAL"] or record.status in ["error", "timeout"]`,
      "sort @timestamp desc",
      "limit 50",
    ],
    width: 24,
    height: 6,
  });
}
