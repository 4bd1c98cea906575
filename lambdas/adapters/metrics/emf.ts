import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { type CountName, type Figures, TIMINGS } from "./metric-names.ts";

/**
 * Figures as CloudWatch's embedded metric format: one line of the log for each invocation, one dimension, `service`. No
 * account and no endpoint: each value of a dimension is a metric of its own, billed by the month.
 * Where an invocation measures more than the 100 values that a line may hold, Powertools writes a line when it is full;
 * what is counted is in the last one alone, so nothing is told twice.
 */
export interface EmfMetrics extends Figures {
  /** Writes the line, if there is anything to tell. */
  tell(): void;
}

/** Namespace and service are those of the environment, `POWERTOOLS_METRICS_NAMESPACE` and `POWERTOOLS_SERVICE_NAME`. */
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
    tell() {
      for (const [name, count] of counts) metrics.addMetric(name, MetricUnit.Count, count);
      counts.clear();
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

/**
 * A handler that tells its figures when it ends, however it ends. An environment that is killed takes them with it: they
 * are told once or never, and what is repeated after that finds most of its work done and counts what it does itself.
 */
export function telling<Event extends unknown[], Answer>(
  figures: EmfMetrics,
  handler: (...event: Event) => Promise<Answer>,
): (...event: Event) => Promise<Answer> {
  return async (...event) => {
    try {
      return await handler(...event);
    } finally {
      figures.tell();
    }
  };
}
