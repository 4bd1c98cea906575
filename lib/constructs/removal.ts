import { RemovalPolicy } from "aws-cdk-lib/core";
import type { ServiceSettings } from "../service-settings.ts";

/**
 * What happens to a stateful resource that leaves its stack. One that is kept is deleted nevertheless if the deployment that
 * created it is rolled back: it is empty, and nothing would ever use it.
 */
export function removalPolicy({ stateRemoval }: Pick<ServiceSettings, "stateRemoval">): RemovalPolicy {
  return stateRemoval === "retain" ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
