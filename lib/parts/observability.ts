import type { Alarm, Dashboard } from "aws-cdk-lib/aws-cloudwatch";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { addAlarms } from "../observability/alarms.ts";
import { addGoldenSignals } from "../observability/golden-signals.ts";
import { ownMetrics } from "../observability/metrics.ts";
import { addRetryPipeline } from "../observability/retry-pipeline.ts";
import type { Watched } from "../observability/watched-resources.ts";
import type { PartProps } from "./part-props.ts";

export interface ObservabilityProps extends PartProps, Omit<Watched, "own"> {
  readonly metricNamespace: string;
  /** Where alarms publish. Default: a topic of this part. */
  readonly topic?: ITopic;
}

/** Alarms and dashboards. */
export class Observability extends Construct {
  readonly topic: ITopic;
  readonly alarms: readonly Alarm[];
  /** The first to open: traffic, latency, errors, saturation. */
  readonly dashboard: Dashboard;
  readonly retryDashboard: Dashboard;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { settings, name, state, api, delivery } = props;
    const watched = { state, api, delivery, own: ownMetrics(props.metricNamespace) };
    const { alarms, topic } = addAlarms(this, watched, settings, props.topic);
    this.alarms = alarms;
    this.topic = topic;
    this.dashboard = addGoldenSignals(this, name, watched, alarms);
    this.retryDashboard = addRetryPipeline(this, name, watched);
  }
}
