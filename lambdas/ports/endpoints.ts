import type { Condition, StateChange } from "../endpoints/model/conditional-update.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Page } from "./page.ts";

export interface Endpoints {
  /** All endpoints of the account, oldest first, without those that have `removedAt`. Strongly consistent. */
  list(account: string): Promise<Endpoint[]>;
  /**
   * A page of them, newest first, strongly consistent: those with ids below `before`. It costs one read of at most `limit`
   * endpoints, so it can have fewer although there are more.
   */
  page(account: string, query: { readonly before?: string; readonly limit: number }): Promise<Page<Endpoint>>;
  /** The endpoints of the account that have `removedAt`. Strongly consistent. */
  listRemoved(account: string): Promise<Endpoint[]>;
  /** `undefined` also if it has `removedAt`. */
  find(account: string, id: string): Promise<Endpoint | undefined>;
  /** Those of the wanted ones that exist and have no `removedAt`, in the order in which they are wanted. */
  findAll(wanted: readonly { readonly account: string; readonly id: string }[]): Promise<Endpoint[]>;
  /** Adds endpoint and state, each if it is absent, then increments the account's revision. */
  add(endpoint: Endpoint, state: EndpointState): Promise<void>;
  /** Replaces the endpoint if its version is still `endpoint.version - 1`, then increments the account's revision. */
  replace(endpoint: Endpoint): Promise<"replaced" | "changed meanwhile">;
  /** Removes the endpoint, if it exists, and increments the account's revision. Its state stays. */
  remove(account: string, id: string): Promise<void>;
}

/** The result of a change. */
interface Updated {
  readonly isDone: boolean;
  /** The state after the change; the current state if a condition did not hold. */
  readonly state: EndpointState;
}

/** The statuses by which endpoints of all accounts can be listed. */
export const LISTED_STATUSES = ["failing", "suspended", "paused"] as const;
type ListedStatus = (typeof LISTED_STATUSES)[number];

export interface States {
  /** Strongly consistent. An endpoint without a state is missing from the result. */
  read(endpoints: readonly string[]): Promise<Map<string, EndpointState>>;
  /** Carries out a change in one conditional write; `undefined` if there is no such state. */
  update(endpoint: string, change: StateChange): Promise<Updated | undefined>;
  /** Removes a state if the conditions hold. */
  remove(endpoint: string, onlyIf: readonly Condition[]): Promise<void>;
  /** The endpoints of all accounts with one of these statuses, newest first. From an index: recent changes may be missing. */
  listed(
    statuses: readonly ListedStatus[],
    query: { before?: string; limit: number },
  ): Promise<Page<{ readonly endpoint: string; readonly account: string }>>;
  /** The oldest `limit` wake-ups scheduled for a time before `before`. From an index: recent changes may be missing. */
  overdue(before: number, limit: number): Promise<Wake[]>;
}

/** A scheduled retry round of an endpoint. */
export interface Wake {
  readonly endpoint: string;
  readonly wakeAt: number;
}

export interface Timer {
  /** Schedules a wake-up, and drops the one that it replaces. Setting the same one twice has no further effect. */
  set(wake: Wake, replaces?: number): Promise<void>;
}
