import type { Condition, StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";

/** Rappel without one of its safeguards: the simulator must find a violation. */
export interface Mutant {
  readonly change?: (change: StateChange) => StateChange;
  /** The conditions under which a deleted endpoint's state is removed. */
  readonly removal?: (onlyIf: readonly Condition[]) => readonly Condition[];
  readonly hasNoSweeper?: boolean;
  readonly ignoresOutcomes?: boolean;
  readonly acknowledgesFirst?: boolean;
  readonly ignoresClaims?: boolean;
  readonly ignoresRecoveryVersions?: boolean;
  readonly leavesDeadLetters?: boolean;
  readonly triesNoWrite?: boolean;
  /** It is found only where the table refuses writes for hours. */
  readonly isForFailing?: boolean;
  /** It is found in storms only, because its effect needs a change within the same moment: the seed to begin with. */
  readonly stormsFrom?: number;
}

const without = (change: StateChange, field: string): StateChange => ({
  ...change,
  onlyIf: (change.onlyIf ?? []).filter((condition) => condition.field !== field),
});

/** Whether a change ends a round and schedules the next one. */
const isClosing = ({ remove = [], onlyIf = [] }: StateChange) =>
  remove.includes("roundId") && onlyIf.some(({ field }) => field === "version");

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  "no sweeper": { hasNoSweeper: true },
  "no round lease": {
    change: (change) => (change.set?.roundUntil === undefined ? change : without(change, "roundUntil")),
  },
  "no condition on the backlog count": {
    change: (change) => (change.remove?.includes("roundId") ? without(change, "parked") : change),
  },
  "no condition on the version and the wake-up at the end of a round": {
    change: (change) => (isClosing(change) ? without(without(change, "version"), "wakeAt") : change),
    stormsFrom: 44,
  },
  "deliveries that join a backlog are not counted": {
    change: ({ add: { parked: _, ...add } = {}, ...change }) => ({ ...change, add }),
  },
  "no condition on the backlog count at the removal of a state": {
    removal: (onlyIf) => onlyIf.filter(({ field }) => field !== "parked"),
    stormsFrom: 115,
  },
  "final outcomes ignored": { ignoresOutcomes: true },
  "acknowledged before processing": { acknowledgesFirst: true },
  "existing claims ignored": { ignoresClaims: true },
  "no condition on a recovery's version": { ignoresRecoveryVersions: true },
  "dead letters are not sent again": { leavesDeadLetters: true },
  "no trial write before an event is sent again": { triesNoWrite: true, isForFailing: true },
};
