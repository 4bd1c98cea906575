import type { LoggedEvent, PendingDelivery } from "../../lambdas/delivery/model/delivery.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { eventWith } from "../support/examples.ts";

export const { next: random, bytes } = seededRandom(7);
export const NEVER = 4_000_000_000_000;
let accountsMade = 0;
export const newAccount = () => `account-${++accountsMade}`;
export const stateOf = ({ id, account }: Endpoint) => newState(id, account, 5);
export const logged = (more: Partial<LoggedEvent>): LoggedEvent => ({
  ...eventWith(more),
  delivered: {},
  parked: {},
  withheld: {},
  resentTo: [],
  keptUntil: NEVER,
  ...more,
});
export const pendingWith = (endpoint: string, more: Partial<PendingDelivery> = {}): PendingDelivery => ({
  endpoint,
  account: "acme",
  eventId: newId("evt", Date.now(), random),
  type: "t",
  failures: 0,
  dueAt: 9,
  attempts: [],
  keptUntil: NEVER,
  ...more,
});
