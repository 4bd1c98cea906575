import type { Condition, StateChange } from "../endpoints/model/conditional-update.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";

export interface Endpoints {
  /** All of the account's, oldest first. Strongly consistent. */
  list(account: string): Promise<Endpoint[]>;
  find(account: string, id: string): Promise<Endpoint | undefined>;
  /** Adds endpoint and state, each if it is absent, then moves the revision. */
  add(endpoint: Endpoint, state: EndpointState): Promise<void>;
  /** Replaces the endpoint if its version is still `endpoint.version - 1`, then moves the revision. */
  replace(endpoint: Endpoint): Promise<"replaced" | "changed meanwhile">;
  /** Removes the endpoint, whether or not it is there, and moves the revision. Its state stays. */
  remove(account: string, id: string): Promise<void>;
}

/** What became of a change. */
export interface Updated {
  readonly isDone: boolean;
  /** After the change, or, where a condition did not hold, as it is. */
  readonly state: EndpointState;
}

export interface States {
  /** Strongly consistent; an endpoint without a state is missing from the answer. */
  read(endpoints: readonly string[]): Promise<Map<string, EndpointState>>;
  /** Carries out a change in one conditional write; `undefined` where there is no such state. */
  update(endpoint: string, change: StateChange): Promise<Updated | undefined>;
  /** Removes a state if the conditions of `onlyIf` hold. */
  remove(endpoint: string, onlyIf: readonly Condition[]): Promise<void>;
  /** The oldest `limit` wake-ups promised for a time before `before`. From an index: what changed a moment ago may be missing. */
  overdue(before: number, limit: number): Promise<Wake[]>;
}

/** A promise that an endpoint's backlog will be looked at. */
export interface Wake {
  readonly endpoint: string;
  readonly wakeAt: number;
}

export interface Timer {
  /** Has the wake-up sent at its time, and not before; drops the one that it replaces. Setting one twice is setting it once. */
  set(wake: Wake, replaces?: number): Promise<void>;
}
