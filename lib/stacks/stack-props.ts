import type { StackProps } from "aws-cdk-lib/core";
import type { FunctionCode } from "../constructs/function-code.ts";
import type { State } from "../parts/state.ts";
import type { Settings } from "../settings.ts";

/** Properties of every stack. */
export interface RappelStackProps extends StackProps {
  readonly settings: Settings;
}

/** Properties of a stack with functions. */
export interface FunctionStackProps extends RappelStackProps {
  readonly code: FunctionCode;
  readonly state: State;
}

/** The namespace of a stage's metrics: two stages in one AWS account have two namespaces. */
export function stageNamespace({ stage }: Pick<Settings, "stage">): string {
  return `Rappel/${stage}`;
}
