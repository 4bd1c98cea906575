import type { PendingDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import { backupsOf, isBackup } from "../../../lambdas/endpoints/model/backup.ts";
import { recoveryEvents } from "../../../lambdas/notifications/model/operational-event.ts";
import { hasEnded, type Recovery } from "../../../lambdas/recoveries/model/recovery.ts";
import { idTime } from "../../../lambdas/shared/ids.ts";
import { OPERATOR_ACCOUNT } from "../operator-account.ts";
import { keyOf, type ObservedState, resendKeyOf } from "./observed-state.ts";

/** Checks that a recovery sends what was missed, counts it exactly unless another one crosses it, and ends. */
export class RecoveryChecks {
  readonly #observed: ObservedState;
  readonly #violated: (violation: string) => void;
  readonly #recoveries = new Map<string, Recovery>();
  /** The marks that each recovery's scans have used. */
  readonly #marks = new Map<string, Set<number>>();
  /** By account and mark: the deliveries that were added to a backlog with it. */
  readonly #added = new Map<string, Set<string>>();

  constructor(observed: ObservedState, violated: (violation: string) => void) {
    this.#observed = observed;
    this.#violated = violated;
  }

  saved(recovery: Recovery): void {
    const { id, account, resentAt, stepUntil } = recovery;
    const before = this.#recoveries.get(id);
    if (before !== undefined && hasEnded(before) && recovery.isPublished !== true)
      this.#violated(`${id} was changed after its end`);
    this.#recoveries.set(id, recovery);
    this.#marks.set(id, (this.#marks.get(id) ?? new Set()).add(resentAt));
    if (hasEnded(recovery))
      for (const event of recoveryEvents(recovery, OPERATOR_ACCOUNT))
        this.#observed.expectedEvents.set(keyOf(event.account, event.id), id);
    // Its step is recorded: from now on only the store holds what it has added.
    if (stepUntil !== undefined) return;
    for (const name of this.#added.get(markOf(account, resentAt)) ?? []) {
      const { eventId } = this.#observed.pending.get(name) ?? {};
      if (eventId !== undefined) this.#observed.acknowledgedResends.add(resendKeyOf(eventId, resentAt));
    }
  }

  added({ account, endpoint, eventId, resentAt }: PendingDelivery): void {
    if (resentAt === undefined) return;
    const mark = markOf(account, resentAt);
    this.#added.set(mark, (this.#added.get(mark) ?? new Set()).add(keyOf(endpoint, eventId)));
  }

  /** Call it at the end. @param areCountsExact whether nothing else has sent events again */
  finish(areCountsExact: boolean): void {
    for (const recovery of this.#recoveries.values()) {
      const { id, status } = recovery;
      if (!hasEnded(recovery)) this.#violated(`${id} has not ended: its status is ${status}`);
      if (areCountsExact) this.#checkCounts(recovery);
      if (status === "finished") this.#checkNothingMissed(recovery);
    }
  }

  #checkCounts({ id, account, resent, statuses }: Recovery): void {
    if (statuses.includes("pending")) return; // these join no backlog
    const marks = [...(this.#marks.get(id) ?? [])];
    const own = new Set(marks.map((mark) => markOf(account, mark)));
    const added = new Set([...own].flatMap((mark) => [...(this.#added.get(mark) ?? [])]));
    // Between a crashed step and its repeat, another recovery can send the same delivery again: only its mark is left then.
    const isAlsoOthers = (name: string) =>
      [...this.#added].some(([mark, names]) => !own.has(mark) && mark.startsWith(`${account}@`) && names.has(name));
    const surely = [...added].filter((name) => !isAlsoOthers(name));
    if (resent > added.size || resent < surely.length)
      this.#violated(`${id} has sent ${added.size} deliveries again, but counts ${resent}`);
  }

  /** What had failed before the recovery began was sent again by it or by a later one. */
  #checkNothingMissed({ id, account, endpoint, since, until, types, statuses, createdAt }: Recovery): void {
    const all = [...this.#observed.endpoints.values()];
    for (const { ended, at } of this.#observed.ended.values()) {
      const owner = this.#observed.endpoints.get(ended.endpoint);
      const state = this.#observed.states.get(ended.endpoint);
      const isItsOwn = owner !== undefined && !isBackup(owner) && backupsOf(owner.id, all).length === 0;
      const isAbout =
        ended.account === account && (endpoint === undefined || endpoint === ended.endpoint) && types === undefined;
      const acceptedAt = idTime(ended.eventId);
      if (!isAbout || !isItsOwn || state === undefined || state.status === "deleted") continue;
      if (acceptedAt < since || acceptedAt >= until || at >= createdAt - SKEW_MS) continue;
      if (ended.reason !== "moved" && statuses.includes(ended.status) && (ended.resentAt ?? 0) < createdAt)
        this.#violated(`${id} did not send ${ended.eventId} to ${ended.endpoint} again, which was ${ended.status}`);
    }
  }
}

const SKEW_MS = 7_000; // of two clocks

function markOf(account: string, resentAt: number): string {
  return `${account}@${resentAt}`;
}
