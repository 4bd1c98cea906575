import type { StackProps } from "aws-cdk-lib/core";
import type { FunctionCode } from "../constructs/function-code.ts";
import type { Settings } from "../settings.ts";

/** Properties of every stack. */
export interface RappelStackProps extends StackProps {
  readonly settings: Settings;
}

/** Properties of a stack with functions. */
export interface FunctionStackProps extends RappelStackProps {
  readonly code: FunctionCode;
}
