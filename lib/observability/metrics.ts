import { Metric, type MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { CountName, TimingName } from "../../lambdas/adapters/metrics/metric-names.ts";
import type { FunctionName } from "../constructs/function-names.ts";

/** A metric that one of the functions emits. */
export type OwnMetric = (name: CountName | TimingName, service: FunctionName, options?: MetricOptions) => Metric;

export function ownMetrics(namespace: string): OwnMetric {
  return (metricName, service, options = {}) =>
    new Metric({ namespace, metricName, dimensionsMap: { service }, ...options });
}
