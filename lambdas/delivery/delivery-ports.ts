import type { Account } from "../accounts/model/account.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import type { Log } from "../ports/operations.ts";
import type { Pacer, WebhookClient } from "../ports/outgoing.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import type { BatchResults } from "./batch-results.ts";
import type { CompletionPorts } from "./complete-deliveries.ts";

/** The ports for first attempts and retries. */
export interface DeliveryPorts extends CompletionPorts {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly log: EventLog;
  readonly webhookClient: WebhookClient;
  readonly pacer: Pacer;
  readonly timer: Timer;
  readonly report: Log;
  /** Between early probes of a failing endpoint, ms; 0: none. */
  readonly earlyProbeMs: number;
}

/** What dispatch knows when a step of a recovery runs. */
export interface StepContext {
  readonly account: Account;
  readonly endpoints: readonly Endpoint[];
  /** When the function times out, epoch ms. */
  readonly deadlineAt: number;
  /** Writes results to the endpoints' states, and schedules their wake-ups. */
  readonly writeResults: (results: BatchResults) => Promise<void>;
}

/** The ports of dispatch. */
export interface DispatchPorts extends DeliveryPorts {
  /**
   * Cancels the backlog of a deleted endpoint. Passed in, because `retry/` implements it and imports this folder.
   * @param until epoch ms
   * @returns whether the whole backlog was cancelled in time
   */
  readonly cancelBacklog: (ports: DeliveryPorts, endpoint: string, until: number) => Promise<boolean>;
  readonly recoveries: Recoveries;
  /** How long after its acceptance a recovery expects that an event is not logged yet, ms. */
  readonly notYetLoggedMs: number;
  /** Runs a step of a recovery. Passed in for the same reason. */
  readonly runRecoveryStep: (
    ports: DeliveryPorts & Pick<DispatchPorts, "recoveries" | "notYetLoggedMs">,
    id: string,
    context: StepContext,
  ) => Promise<void>;
}
