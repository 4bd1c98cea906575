import type { FunctionCode } from "../constructs/function-code.ts";
import type { ServiceSettings } from "../service-settings.ts";

/** What all parts of a deployment have in common. */
export interface PartProps {
  readonly settings: ServiceSettings;
  /** Begins the names that CloudFormation does not make. Another deployment of the account and region has another. */
  readonly name: string;
}

/** Properties of a part with functions. */
export interface FunctionPartProps extends PartProps {
  readonly code: Pick<FunctionCode, "of">;
  /** The namespace of the functions' metrics. */
  readonly metricNamespace: string;
}
