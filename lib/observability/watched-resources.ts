import type { RappelFunction } from "../constructs/rappel-function.ts";
import type { ApiStack } from "../stacks/api-stack.ts";
import type { DeliveryStack } from "../stacks/delivery-stack.ts";
import type { StateStack } from "../stacks/state-stack.ts";
import type { OwnMetric } from "./metrics.ts";

/** Everything that dashboards and alarms watch. */
export interface Watched {
  readonly state: StateStack;
  readonly api: ApiStack;
  readonly delivery: DeliveryStack;
  /** The functions' own metrics. */
  readonly own: OwnMetric;
}

export function functionsOf({ api, delivery }: Pick<Watched, "api" | "delivery">): Record<string, RappelFunction> {
  return {
    accept: api.accept,
    api: api.api,
    console: api.console,
    dispatch: delivery.dispatch,
    wake: delivery.wake,
    sweep: delivery.sweep,
    erase: delivery.erase,
  };
}
