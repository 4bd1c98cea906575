import { CrossStackReferences, ReferenceStrength, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { addAlarms } from "./alarms.ts";
import { addGoldenSignals } from "./golden-signals.ts";
import { ownMetrics } from "./metrics.ts";
import { addNextCommands } from "./next-commands.ts";
import { addRetryPipeline } from "./retry-pipeline.ts";
import type { RappelStackProps } from "./stack-props.ts";
import type { Watched } from "./watched.ts";

export type ObservabilityStackProps = RappelStackProps & Omit<Watched, "own">;

/** How it is doing, who is told, and what to type next: deployed last, so that its outputs end the screen. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, api, delivery, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    // A name on a dashboard must never keep a function from being replaced; table and queues are another matter (see StateStack).
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const watched = { state, api, delivery, own: ownMetrics(settings) };
    const { alarms, topic } = addAlarms(this, watched, settings);
    const dashboard = addGoldenSignals(this, watched, alarms);
    addRetryPipeline(this, watched);
    addNextCommands(this, watched, { dashboard, topic });
  }
}
