import type { RappelFunction } from "../constructs/rappel-function.ts";
import type { Api } from "../parts/api.ts";
import type { Delivery } from "../parts/delivery.ts";
import type { State } from "../parts/state.ts";
import type { OwnMetric } from "./metrics.ts";

/** Everything that dashboards and alarms watch. */
export interface Watched {
  readonly state: State;
  readonly api: Api;
  readonly delivery: Delivery;
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
