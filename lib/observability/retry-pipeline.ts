import { Dashboard, type GraphWidget, PeriodOverride } from "aws-cdk-lib/aws-cloudwatch";
import { Duration } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { Watched } from "./watched-resources.ts";
import { addRow, dashboardName, graph, MAXIMUM, MEDIAN, P99, SUM, text } from "./widgets.ts";

/** A wake-up this late is a problem: the sweeper should have sent it again before. */
export const LAG_FROM_SECONDS = 2 * LIMITS.overdueSeconds + 60;

/** The second dashboard: failed deliveries, from the backlog to their final outcome. */
export function addRetryPipeline(scope: Construct, name: string, watched: Watched): Dashboard {
  const dashboard = new Dashboard(scope, "RetryPipeline", {
    dashboardName: dashboardName(scope, name, "retries"),
    defaultInterval: Duration.hours(12),
    periodOverride: PeriodOverride.INHERIT,
  });
  dashboard.addWidgets(
    text(
      "# Rappel: retry pipeline\nDeliveries that failed are pending in their endpoint's backlog. Each endpoint with a backlog has one scheduled wake-up. It starts a retry round, which attempts what is due and schedules the next.",
      2,
    ),
  );
  addRow(dashboard, "Backlogs", ...backlogs(watched));
  addRow(dashboard, "Endpoints", ...endpoints(watched));
  addRow(dashboard, "Wake-ups", ...wakeUps(watched));
  addRow(dashboard, "Repairs", ...repairs(watched));
  return dashboard;
}

function backlogs({ own }: Watched): GraphWidget[] {
  return [
    graph("Deliveries into and out of backlogs, per minute", "after an outage, out catches up with in", [
      own("DeliveriesPending", "dispatch", { ...SUM, label: "joined" }),
      own("PendingDelivered", "wake", { ...SUM, label: "delivered" }),
    ]),
    graph(
      "Exhausted or cancelled, per minute",
      "exhausted at zero; cancelled only after a delete, or a resume that skips",
      [
        own("DeliveriesExhausted", "wake", { ...SUM, label: "exhausted" }),
        own("DeliveriesCancelled", "wake", { ...SUM, label: "cancelled" }),
        own("DeliveriesCancelled", "dispatch", { ...SUM, label: "cancelled: endpoint suspended for days" }),
      ],
    ),
    graph("Successful retries per minute", "high only while a backlog is released", [
      own("AttemptsSucceeded", "wake", { ...SUM, label: "succeeded" }),
    ]),
  ];
}

function endpoints({ own }: Watched): GraphWidget[] {
  const later = (name: Parameters<typeof own>[0], label: string) => own(name, "wake", { ...SUM, label });
  return [
    graph("Endpoint status changes per minute", "each failing endpoint recovers; suspended ones must be resumed", [
      own("EndpointsFailing", "dispatch", { ...SUM, label: "failing, after a first attempt" }),
      later("EndpointsFailing", "failing, after a retry"),
      later("EndpointsRecovered", "recovered"),
      own("EndpointsSuspended", "dispatch", { ...SUM, label: "suspended by a 410" }),
      later("EndpointsSuspended", "suspended at the end of their schedule"),
    ]),
    graph("Failed retries per minute", "two per failing endpoint and round", [
      later("AttemptsHttpStatus", "other HTTP status"),
      later("AttemptsTimedOut", "timed out"),
      later("AttemptsUnreachable", "no DNS response or no connection"),
      later("AttemptsTlsFailed", "TLS failed"),
      later("AttemptsOther", "invalid HTTP, or an internal error"),
    ]),
    graph("Receivers' response time to retries, ms", "like that of first attempts", [
      own("ReceiverLatency", "wake", { ...MEDIAN, label: "p50" }),
      own("ReceiverLatency", "wake", { ...P99, label: "p99" }),
    ]),
  ];
}

function wakeUps({ state, delivery, own }: Watched): GraphWidget[] {
  return [
    graph(
      "Delay of retry rounds, seconds",
      "under 60, the Scheduler's own delay",
      [
        own("WakeUpLag", "wake", { ...MEDIAN, label: "p50" }),
        own("WakeUpLag", "wake", { ...P99, label: "p99" }),
        own("WakeUpLag", "wake", { ...MAXIMUM, label: "latest" }),
      ],
      LAG_FROM_SECONDS,
    ),
    graph("Age of the oldest wake-up, seconds", "under 10", [
      state.wakeUps.queue.metricApproximateAgeOfOldestMessage({ ...MAXIMUM, label: "oldest" }),
    ]),
    graph("Wake-up batches per minute", "one or two per endpoint that fails or catches up", [
      delivery.wake.lambda.metricInvocations({ ...SUM, label: "batches" }),
    ]),
  ];
}

function repairs({ state, delivery, own }: Watched): GraphWidget[] {
  return [
    graph("Sweeper, per minute", "one run, no error, no wake-up sent again", [
      own("SweeperHeartbeat", "sweep", { ...SUM, label: "runs" }),
      own("WakeUpsResent", "sweep", { ...SUM, label: "wake-ups sent again" }),
      delivery.sweep.lambda.metricErrors({ ...SUM, label: "errors" }),
    ]),
    graph("Dead-lettered wake-ups", "zero, always", [
      state.wakeUps.deadLetters.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, label: "dead-lettered" }),
    ]),
    graph("Dropped by Lambda as a loop", "zero, always", [
      delivery.wake.lambda.metric("RecursiveInvocationsDropped", { ...SUM, label: "wake-ups" }),
      delivery.dispatch.lambda.metric("RecursiveInvocationsDropped", { ...SUM, label: "operational webhooks" }),
    ]),
  ];
}
