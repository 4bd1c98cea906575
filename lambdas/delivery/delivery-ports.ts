import type { Accounts, Clock, Courier, Endpoints, EventLog, Log, Pacer, States, Timer } from "../ports.ts";
import type { EndingWorld } from "./complete-deliveries.ts";

/** What making attempts takes, first ones and all others. */
export interface DeliveringWorld extends EndingWorld {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly log: EventLog;
  readonly courier: Courier;
  readonly pacer: Pacer;
  readonly timer: Timer;
  readonly report: Log;
  /** Between fresh looks at a failing URL, ms; 0: none are taken. */
  readonly freshLookMs: number;
}
