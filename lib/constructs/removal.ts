import { RemovalPolicy } from "aws-cdk-lib/core";
import type { Settings } from "../settings.ts";

/** What becomes of something that holds what cannot be made again, when it leaves its stack. */
export function removalPolicy({ stateRemoval }: Settings): RemovalPolicy {
  return stateRemoval === "retain" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
