import type { StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";

/** Rappel with one of its safeguards taken out, from outside: the simulator must see the difference. */
export interface Mutant {
  readonly change?: (change: StateChange) => StateChange;
  readonly isWithoutSweeper?: boolean;
  readonly isBlindToEnds?: boolean;
  readonly isAcknowledgedFirst?: boolean;
  readonly isBlindToClaims?: boolean;
}

const without = (change: StateChange, field: string): StateChange => ({
  ...change,
  onlyIf: (change.onlyIf ?? []).filter((condition) => condition.field !== field),
});

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  "no sweeper": { isWithoutSweeper: true },
  "no lease": { change: (change) => (change.set?.roundUntil === undefined ? change : without(change, "roundUntil")) },
  "no condition on parked": {
    change: (change) => (change.remove?.includes("roundId") ? without(change, "parked") : change),
  },
  "no look at the final item": { isBlindToEnds: true },
  "acknowledgement before settling": { isAcknowledgedFirst: true },
  "no look at the claim that stands": { isBlindToClaims: true },
};
