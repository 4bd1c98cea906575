import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { publishStackId } from "../constructs/replacements.ts";
import { Delivery } from "../parts/delivery.ts";
import { type FunctionStackProps, stageNamespace } from "./stack-props.ts";

/** The functions that deliver, retry, sweep and erase. */
export class DeliveryStack extends Stack {
  readonly delivery: Delivery;

  constructor(scope: Construct, id: string, { settings, code, state, ...props }: FunctionStackProps) {
    super(scope, id, props);
    publishStackId(this);
    this.delivery = new Delivery(this, "Default", {
      settings,
      name: this.stackName,
      code,
      metricNamespace: stageNamespace(settings),
      state,
    });
  }
}
