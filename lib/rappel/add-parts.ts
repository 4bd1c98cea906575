import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { ApiDomain } from "../constructs/http-stage.ts";
import { Api } from "../parts/api.ts";
import { Delivery } from "../parts/delivery.ts";
import { Observability } from "../parts/observability.ts";
import type { FunctionPartProps } from "../parts/part-props.ts";
import { State } from "../parts/state.ts";

export interface AddPartsProps extends FunctionPartProps {
  readonly domain?: ApiDomain | undefined;
  readonly alarmTopic?: ITopic | undefined;
}

/** Adds all parts of a deployment to one scope. Their ids are in the logical ids of all resources. */
export function addParts(scope: Construct, { domain, alarmTopic, ...shared }: AddPartsProps) {
  const state = new State(scope, "State", shared);
  const api = new Api(scope, "Api", { ...shared, state, ...(domain !== undefined && { domain }) });
  const delivery = new Delivery(scope, "Delivery", { ...shared, state });
  // Before a function spreads events among more shards, all that read them must know: the setting `shards` can be raised.
  for (const reader of [delivery.dispatch, delivery.wake, delivery.erase, api.api])
    api.accept.lambda.node.addDependency(reader.lambda);
  const observability = new Observability(scope, "Observability", {
    ...shared,
    state,
    api,
    delivery,
    ...(alarmTopic !== undefined && { topic: alarmTopic }),
  });
  return { state, api, delivery, observability };
}
