import type { StackProps } from "aws-cdk-lib/core";
import type { FunctionCode } from "../constructs/function-code.ts";
import type { Settings } from "../settings.ts";

/** What each stack is given. */
export interface RappelStackProps extends StackProps {
  readonly settings: Settings;
}

/** What a stack with functions is given besides. */
export interface FunctionStackProps extends RappelStackProps {
  readonly code: FunctionCode;
}
