import { Dashboard, type GraphWidget, PeriodOverride } from "aws-cdk-lib/aws-cloudwatch";
import { Duration, type Stack } from "aws-cdk-lib/core";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { Watched } from "./watched-resources.ts";
import { addRow, graph, MAXIMUM, MEDIAN, P99, SUM, text } from "./widgets.ts";

/** Where a promised wake-up is no longer merely late: even the sweeper should have sent it again by then. */
export const LAG_FROM_SECONDS = 2 * LIMITS.overdueSeconds + 60;

/** The second page: what has failed once, from the backlog to its last word. */
export function addRetryPipeline(scope: Stack, watched: Watched): Dashboard {
  const dashboard = new Dashboard(scope, "RetryPipeline", {
    dashboardName: `${scope.stackName}-retries`,
    defaultInterval: Duration.hours(12),
    periodOverride: PeriodOverride.INHERIT,
  });
  dashboard.addWidgets(
    text(
      "# Rappel: retry pipeline\nWhat was not delivered at once waits in its endpoint's backlog. Each endpoint with a backlog has one promised wake-up; a round keeps it, tries what is due and promises the next.",
      2,
    ),
  );
  addRow(dashboard, "Backlogs", ...backlogs(watched));
  addRow(dashboard, "Endpoints", ...endpoints(watched));
  addRow(dashboard, "Wake-ups", ...wakeUps(watched));
  addRow(dashboard, "What repairs", ...repairs(watched));
  return dashboard;
}

function backlogs({ own }: Watched): GraphWidget[] {
  return [
    graph("Into the backlogs and out, a minute", "after an outage, out catches up with in", [
      own("DeliveriesPending", "dispatch", { ...SUM, label: "joined" }),
      own("PendingDelivered", "wake", { ...SUM, label: "delivered" }),
    ]),
    graph(
      "Given up or cancelled, a minute",
      "given up at zero; cancelled only where endpoints are deleted or skipped",
      [
        own("DeliveriesExhausted", "wake", { ...SUM, label: "given up" }),
        own("DeliveriesCancelled", "wake", { ...SUM, label: "cancelled" }),
        own("DeliveriesCancelled", "dispatch", { ...SUM, label: "for endpoints suspended for days" }),
      ],
    ),
    graph("Attempts of rounds that succeeded, a minute", "high only while a backlog is released", [
      own("AttemptsSucceeded", "wake", { ...SUM, label: "succeeded" }),
    ]),
  ];
}

function endpoints({ own }: Watched): GraphWidget[] {
  const later = (name: Parameters<typeof own>[0], label: string) => own(name, "wake", { ...SUM, label });
  return [
    graph("Endpoints that change, a minute", "each that fails recovers; suspended ones need their owner", [
      own("EndpointsFailing", "dispatch", { ...SUM, label: "failing, at a first attempt" }),
      later("EndpointsFailing", "failing, at a later one"),
      later("EndpointsRecovered", "recovered"),
      own("EndpointsSuspended", "dispatch", { ...SUM, label: "suspended by a 410" }),
      later("EndpointsSuspended", "suspended at the end of their schedule"),
    ]),
    graph("Failed attempts of rounds, a minute", "two for each failing endpoint and round", [
      later("AttemptsHttpStatus", "answered another status"),
      later("AttemptsTimedOut", "timed out"),
      later("AttemptsUnreachable", "no address or no connection"),
      later("AttemptsTlsFailed", "TLS failed"),
      later("AttemptsOther", "no HTTP, or our own fault"),
    ]),
    graph("Receivers' time to answer later attempts, ms", "as that of first attempts", [
      own("ReceiverLatency", "wake", { ...MEDIAN, label: "p50" }),
      own("ReceiverLatency", "wake", { ...P99, label: "p99" }),
    ]),
  ];
}

function wakeUps({ state, delivery, own }: Watched): GraphWidget[] {
  return [
    graph(
      "Rounds begin after their time, seconds",
      "under 60, the Scheduler's own lateness",
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
    graph("Batches of wake-ups a minute", "one or two per endpoint that fails or catches up", [
      delivery.wake.lambda.metricInvocations({ ...SUM, label: "batches" }),
    ]),
  ];
}

function repairs({ state, delivery, own }: Watched): GraphWidget[] {
  return [
    graph("Sweeper, a minute", "one run, no error, nothing repaired", [
      own("SweeperHeartbeat", "sweep", { ...SUM, label: "runs" }),
      own("WakeUpsResent", "sweep", { ...SUM, label: "wake-ups sent again" }),
      delivery.sweep.lambda.metricErrors({ ...SUM, label: "errors" }),
    ]),
    graph("Dead wake-ups", "zero, always", [
      state.wakeUps.deadLetters.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, label: "dead wake-ups" }),
    ]),
    graph("Dropped by Lambda as a loop", "zero, always", [
      delivery.wake.lambda.metric("RecursiveInvocationsDropped", { ...SUM, label: "wake-ups" }),
      delivery.dispatch.lambda.metric("RecursiveInvocationsDropped", { ...SUM, label: "told events" }),
    ]),
  ];
}
