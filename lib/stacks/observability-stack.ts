import { CrossStackReferences, ReferenceStrength, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { updateOnReplacement } from "../constructs/replacements.ts";
import { addAlarms } from "../observability/alarms.ts";
import { addGoldenSignals } from "../observability/golden-signals.ts";
import { ownMetrics } from "../observability/metrics.ts";
import { addRetryPipeline } from "../observability/retry-pipeline.ts";
import type { Watched } from "../observability/watched-resources.ts";
import { addNextCommands } from "./next-commands.ts";
import type { RappelStackProps } from "./stack-props.ts";

export type ObservabilityStackProps = RappelStackProps & Omit<Watched, "own">;

/** Dashboards, alarms and the next commands. Deployed last, so that its outputs are printed last. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, api, delivery, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    // A dashboard must never prevent the replacement of a function. Table and queues are different: see StateStack.
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const watched = { state, api, delivery, own: ownMetrics(settings) };
    const { alarms, topic } = addAlarms(this, watched, settings);
    const dashboard = addGoldenSignals(this, watched, alarms);
    addRetryPipeline(this, watched);
    updateOnReplacement(this, [state, api, delivery]);
    addNextCommands(this, watched, { dashboard, topic }, settings);
  }
}
