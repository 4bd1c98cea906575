import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { type CountName, type MetricsRecorder, TIMINGS } from "./metric-names.ts";

/**
 * Metrics in CloudWatch's embedded metric format: one log line per invocation, with one dimension, `service`. Accounts and
 * endpoints are not dimensions, because each value of a dimension is a metric that is billed by the month.
 * If an invocation measures more than the 100 values that fit on a line, Powertools writes several lines. Counts are only on
 * the last one, so nothing is counted twice.
 */
export interface EmfMetrics extends MetricsRecorder {
  /** Writes the log line, if there are any metrics. */
  publish(): void;
}

/** Namespace and service come from the environment: `POWERTOOLS_METRICS_NAMESPACE` and `POWERTOOLS_SERVICE_NAME`. */
export function emfMetrics(): EmfMetrics {
  const metrics = new Metrics();
  const counts = new Map<CountName, number>();
  return {
    count(name, by = 1) {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    measure(name, value) {
      metrics.addMetric(name, TIMINGS[name], value);
    },
    publish() {
      for (const [name, count] of counts) metrics.addMetric(name, MetricUnit.Count, count);
      counts.clear();
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

/**
 * A handler that publishes its metrics when it ends, even after an error. If the environment is killed, they are lost: they
 * are published once or never.
 */
export function withMetrics<Event extends unknown[], Answer>(
  metrics: EmfMetrics,
  handler: (...event: Event) => Promise<Answer>,
): (...event: Event) => Promise<Answer> {
  return async (...event) => {
    try {
      return await handler(...event);
    } finally {
      metrics.publish();
    }
  };
}
