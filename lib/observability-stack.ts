import { CrossStackReferences, ReferenceStrength, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { addAlarms } from "./alarms.ts";
import type { ApiStack } from "./api-stack.ts";
import { addDashboard } from "./dashboard.ts";
import type { DeliveryStack } from "./delivery-stack.ts";
import { addNextCommands } from "./next-commands.ts";
import type { RappelStackProps } from "./stack-props.ts";
import type { StateStack } from "./state-stack.ts";

/** What is watched: all that there is. */
export interface Watched {
  readonly state: StateStack;
  readonly api: ApiStack;
  readonly delivery: DeliveryStack;
}

/** How it is doing, who is told, and what to type next: deployed last, so that its outputs end the screen. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, api, delivery, ...props }: RappelStackProps & Watched) {
    super(scope, id, props);
    // A name on a dashboard must never keep a function from being replaced; table and queues are another matter (see StateStack).
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const watched = { state, api, delivery };
    const alarms = addAlarms(this, watched, settings.alarmEmail);
    const dashboard = addDashboard(this, watched, alarms);
    addNextCommands(this, watched, dashboard);
  }
}
