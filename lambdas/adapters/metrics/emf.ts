import { type CountName, type MetricsRecorder, TIMINGS, type TimingName } from "./metric-names.ts";

/**
 * Metrics in CloudWatch's embedded metric format: one log line per invocation, with one dimension, `service`. Accounts and
 * endpoints are not dimensions, because each value of a dimension is a metric that is billed by the month.
 * If an invocation measures more than the 100 values that fit on a line, it writes several lines. Counts are only on the
 * last one, so nothing is counted twice. Source: AWS, "Specification: Embedded metric format".
 */
export interface EmfMetrics extends MetricsRecorder {
  /** Writes the log line, if there are any metrics. */
  publish(): void;
}

const VALUES_MAX = 100; // EMF: values of one metric on a line

/**
 * Namespace and service come from the environment: `POWERTOOLS_METRICS_NAMESPACE` and `POWERTOOLS_SERVICE_NAME`. Nothing is
 * written if `POWERTOOLS_METRICS_DISABLED` is `true`. The names are those of Powertools, whose logger reads the service too;

 */
export function emfMetrics(): EmfMetrics {
  const {
    POWERTOOLS_METRICS_NAMESPACE: Namespace,
    POWERTOOLS_SERVICE_NAME: service,
    POWERTOOLS_METRICS_DISABLED: isDisabled,
  } = process.env;
  const counts = new Map<CountName, number>();
  const timings = new Map<TimingName, number[]>();

  /** @param from the index of the line's first value of each timing */
  function writeLine(from: number, isLast: boolean): void {
    const Metrics: { Name: string; Unit: string }[] = [];
    const values: Record<string, number | number[]> = {};
    for (const [name, all] of timings) {
      const own = all.slice(from, from + VALUES_MAX);
      const [only] = own;
      if (only === undefined) continue;
      Metrics.push({ Name: name, Unit: TIMINGS[name] });
      values[name] = own.length === 1 ? only : own;
    }
    for (const [name, count] of isLast ? counts : []) {
      Metrics.push({ Name: name, Unit: "Count" });
      values[name] = count;
    }
    const CloudWatchMetrics = [{ Namespace, Dimensions: [["service"]], Metrics }];
    // Not by `console`, which Lambda's JSON log format would put into a field of another line.
    process.stdout.write(
      `${JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics }, service, ...values })}\n`,
    );
  }

  return {
    count(name, by = 1) {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    measure(name, value) {
      const values = timings.get(name);
      if (values === undefined) timings.set(name, [value]);
      else values.push(value);
    },
    publish() {
      const most = Math.max(0, ...[...timings.values()].map(({ length }) => length));
      const lines = Math.max(counts.size > 0 ? 1 : 0, Math.ceil(most / VALUES_MAX));
      for (let line = 0; line < lines && isDisabled !== "true"; line++)
        writeLine(line * VALUES_MAX, line === lines - 1);
      counts.clear();
      timings.clear();
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
