import { Metric, type MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { CountName, TimingName } from "../../lambdas/adapters/metrics/metric-names.ts";
import type { FunctionName } from "../constructs/function-names.ts";
import type { Settings } from "../settings.ts";

/** The namespace of a stage's metrics: two stages in one AWS account have two namespaces. */
export function metricNamespace({ stage }: Pick<Settings, "stage">): string {
  return `Rappel/${stage}`;
}

/** A metric that one of the functions emits. */
export type OwnMetric = (name: CountName | TimingName, service: FunctionName, options?: MetricOptions) => Metric;

export function ownMetrics(settings: Settings): OwnMetric {
  return (metricName, service, options = {}) =>
    new Metric({ namespace: metricNamespace(settings), metricName, dimensionsMap: { service }, ...options });
}
