import { RemovalPolicy } from "aws-cdk-lib/core";
import type { Settings } from "../settings.ts";

/** What happens to a stateful resource that leaves its stack. */
export function removalPolicy({ stateRemoval }: Settings): RemovalPolicy {
  return stateRemoval === "retain" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
