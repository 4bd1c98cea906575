import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import type { Log } from "../ports/operations.ts";
import type { Pacer, WebhookClient } from "../ports/outgoing.ts";
import type { CompletionPorts } from "./complete-deliveries.ts";

/** What making attempts takes, first ones and all others. */
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

/** What dispatch takes beside that. */
export interface DispatchPorts extends DeliveryPorts {
  /**
   * Cancels the backlog of a deleted endpoint; `retry/` has it, which builds on this room.
   * @param until epoch ms
   * @returns whether the time sufficed for all of it
   */
  readonly cancelBacklog: (ports: DeliveryPorts, endpoint: string, until: number) => Promise<boolean>;
}
