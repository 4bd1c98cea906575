import type { StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";

/** Rappel without one of its safeguards: the simulator must find a violation. */
export interface Mutant {
  readonly change?: (change: StateChange) => StateChange;
  readonly hasNoSweeper?: boolean;
  readonly ignoresOutcomes?: boolean;
  readonly acknowledgesFirst?: boolean;
  readonly ignoresClaims?: boolean;
}

const without = (change: StateChange, field: string): StateChange => ({
  ...change,
  onlyIf: (change.onlyIf ?? []).filter((condition) => condition.field !== field),
});

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  "no sweeper": { hasNoSweeper: true },
  "no round lease": {
    change: (change) => (change.set?.roundUntil === undefined ? change : without(change, "roundUntil")),
  },
  "no condition on the backlog count": {
    change: (change) => (change.remove?.includes("roundId") ? without(change, "parked") : change),
  },
  "final outcomes ignored": { ignoresOutcomes: true },
  "acknowledged before processing": { acknowledgesFirst: true },
  "existing claims ignored": { ignoresClaims: true },
};
