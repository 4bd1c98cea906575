import { CrossStackReferences, ReferenceStrength, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { updateOnReplacement } from "../constructs/replacements.ts";
import { Observability } from "../parts/observability.ts";
import type { ApiStack } from "./api-stack.ts";
import type { DeliveryStack } from "./delivery-stack.ts";
import { addNextCommands } from "./next-commands.ts";
import { type RappelStackProps, stageNamespace } from "./stack-props.ts";
import type { StateStack } from "./state-stack.ts";

export interface ObservabilityStackProps extends RappelStackProps {
  readonly state: StateStack;
  readonly api: ApiStack;
  readonly delivery: DeliveryStack;
}

/** Dashboards, alarms and the next commands. Deployed last, so that its outputs are printed last. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, api, delivery, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    // A dashboard must never prevent the replacement of a function. Table and queues are different: see StateStack.
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const { dashboard, topic } = new Observability(this, "Default", {
      settings,
      name: this.stackName,
      metricNamespace: stageNamespace(settings),
      state: state.state,
      api: api.api,
      delivery: delivery.delivery,
    });
    updateOnReplacement(this, [state, api, delivery]);
    addNextCommands(this, { state, api: api.api, dashboard, topic }, settings);
  }
}
