import type { EndpointState } from "./endpoint-state.ts";

/** A field that can be compared: a text or a number. */
type PlainField = Exclude<
  keyof EndpointState,
  "announce" | "announceHour" | "isQuiet" | "statusReason" | "successorTypes" | "wasActive"
>;
type Counter = "parked" | "streak" | "version" | "attemptIndex" | "announced";
/** Fields that a state may lack. */
export type OptionalField =
  | "lastOkAt"
  | "ownFailureAt"
  | "isQuiet"
  | "wasActive"
  | "probedTo"
  | "probeAt"
  | "earlyProbeAt"
  | "notBefore"
  | "wakeAt"
  | "roundId"
  | "roundUntil"
  | "skipBefore"
  | "returnRequestedAt"
  | "successorTypes"
  | "keptUntil"
  | "announce";

/** A condition on one field. If the field is absent, only `absent` and the `absent or …` conditions hold. */
export type Condition =
  | { readonly field: PlainField; readonly is: "absent" }
  | {
      readonly field: PlainField;
      readonly is: "equal" | "at most" | "absent or above" | "absent or below";
      readonly to: string | number;
    };

/**
 * A change of an endpoint's state, as a value: its conditions, and what is written if they hold. Each rule about the state
 * is a function that returns such a value; the store carries it out in one conditional write.
 */
export interface StateChange {
  readonly onlyIf?: readonly Condition[];
  readonly set?: Partial<EndpointState>;
  readonly remove?: readonly OptionalField[];
  readonly add?: Partial<Record<Counter, number>>;
}

/** The condition that a field is still as it was read, or still absent. */
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
