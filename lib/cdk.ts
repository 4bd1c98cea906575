/** The entry `rappel/cdk` of the npm package. */
export { Rappel, type RappelAttributes } from "./rappel/rappel.ts";
export type { IRappel, RappelBase } from "./rappel/rappel-base.ts";
export type {
  RappelApiThrottling,
  RappelConsoleBranding,
  RappelDomain,
  RappelFunctionName,
  RappelProps,
  RappelThrottling,
} from "./rappel/rappel-props.ts";
