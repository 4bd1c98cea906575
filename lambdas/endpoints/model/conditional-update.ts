import type { EndpointState } from "./endpoint-state.ts";

/** A field that can be compared: all but lists. */
type PlainField = Exclude<keyof EndpointState, "announce" | "successorTypes">;
type Counter = "parked" | "streak" | "version" | "attemptIndex" | "announced";
/** What a state may lack. */
export type OptionalField =
  | "lastOkAt"
  | "probedTo"
  | "probeAt"
  | "earlyProbeAt"
  | "notBefore"
  | "wakeAt"
  | "roundId"
  | "roundUntil"
  | "skipBefore"
  | "returnRequestedAt"
  | "announce";

/** One claim about one field. Where a field is absent, only `absent` and the `absent or …` claims hold. */
export type Condition =
  | { readonly field: PlainField; readonly is: "absent" }
  | {
      readonly field: PlainField;
      readonly is: "equal" | "at most" | "absent or above" | "absent or below";
      readonly to: string | number;
    };

/**
 * A change of an endpoint's state, as a value: what must hold of it, and what is then written. Every rule about the state
 * is a function that makes one of these; a store only carries it out, in one conditional write.
 */
export interface StateChange {
  readonly onlyIf?: readonly Condition[];
  readonly set?: Partial<EndpointState>;
  readonly remove?: readonly OptionalField[];
  readonly add?: Partial<Record<Counter, number>>;
}

/** A field that must be as it was seen, its absence included. */
export function asSeen(field: PlainField, value: string | number | undefined): Condition {
  return value === undefined ? { field, is: "absent" } : { field, is: "equal", to: value };
}

export function holds(state: EndpointState, condition: Condition): boolean {
  const value = state[condition.field];
  switch (condition.is) {
    case "absent":
      return value === undefined;
    case "equal":
      return value === condition.to;
    case "at most":
      return value !== undefined && value <= condition.to;
    case "absent or above":
      return value === undefined || value > condition.to;
    case "absent or below":
      return value === undefined || value < condition.to;
  }
}

/** The state after a change whose conditions hold. */
export function changed(state: EndpointState, { set = {}, remove = [], add = {} }: StateChange): EndpointState {
  const { parked = 0, streak = 0, version = 0, attemptIndex = 0, announced = 0 } = add;
  const next = { ...state, ...set };
  for (const field of remove) delete next[field];
  return {
    ...next,
    parked: next.parked + parked,
    streak: next.streak + streak,
    version: next.version + version,
    attemptIndex: next.attemptIndex + attemptIndex,
    announced: next.announced + announced,
  };
}
