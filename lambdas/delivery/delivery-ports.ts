import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import type { Log } from "../ports/operations.ts";
import type { Courier, Pacer } from "../ports/outgoing.ts";
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
