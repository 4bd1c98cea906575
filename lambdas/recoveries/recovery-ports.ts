import type { CompletionPorts } from "../delivery/complete-deliveries.ts";
import type { States } from "../ports/endpoints.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import type { CandidatePorts } from "./read-candidates.ts";

/** The ports of a recovery's steps. */
export interface RecoveryPorts extends CandidatePorts, CompletionPorts {
  readonly states: States;
  readonly recoveries: Recoveries;
  /** How long after its acceptance an event may not be logged yet, ms. */
  readonly notYetLoggedMs: number;
}
