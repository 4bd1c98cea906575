import type { EndedDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import { backupsOf } from "../../../lambdas/endpoints/model/backup.ts";
import type { Endpoint } from "../../../lambdas/endpoints/model/endpoint.ts";
import { stagesOf } from "../../../lambdas/endpoints/model/preset.ts";
import { isSubscribedTo } from "../../../lambdas/endpoints/model/subscription.ts";
import { waitsIn } from "../../../lambdas/retry/model/retry-schedule.ts";
import { idTime } from "../../../lambdas/shared/ids.ts";
import type { Post } from "../receivers.ts";
import { keyOf, type ObservedState } from "./observed-state.ts";
import { SKEW_MS } from "./post-rules.ts";

const OVERLAP_MS = 15_000 + SKEW_MS; // the longest time that two POSTs can overlap, by clocks that differ

/** The invariants that hold hours after the last fault: every delivery has a final outcome, and a rule that explains it. */
export class FinalInvariants {
  readonly #observed: ObservedState;
  readonly #ledger: readonly Post[];
  readonly #byDelivery: ReadonlyMap<string, readonly Post[]>;
  readonly #rejectedEvents: ReadonlySet<string>;
  /** Whether it is a violation if an event is exhausted early that its receiver would have accepted. */
  readonly #isStrict: boolean;
  readonly #violated: (violation: string) => void;

  constructor(
    observed: ObservedState,
    ledger: readonly Post[],
    {
      rejectedEvents,
      isStrict,
      violated,
    }: {
      readonly rejectedEvents: ReadonlySet<string>;
      readonly isStrict: boolean;
      readonly violated: (violation: string) => void;
    },
  ) {
    this.#observed = observed;
    this.#ledger = ledger;
    this.#byDelivery = Map.groupBy(ledger, ({ endpoint, eventId }) => keyOf(endpoint, eventId));
    this.#rejectedEvents = rejectedEvents;
    this.#isStrict = isStrict;
    this.#violated = violated;
  }

  /** @param isDown whether an endpoint's receiver never recovers @returns the number of duplicates */
  check(isDown: (endpoint: string) => boolean): number {
    const { endpoints, events, acknowledged, expectedEvents, pending, suspendedOnRejected, states, logged, ended } =
      this.#observed;
    for (const event of events.values())
      if (!acknowledged.has(keyOf(event.account, event.id))) this.#violated(`${event.id} is still in the queue`);
    for (const [name, subject] of expectedEvents)
      if (!events.has(name)) this.#violated(`not published: ${name} about ${subject}`);
    for (const { endpoint, eventId, onBehalfOf } of pending.values()) {
      this.#checkCount(endpoint, eventId);
      if (onBehalfOf !== undefined && this.#isAvailable(onBehalfOf, isDown) && !this.#rejectedEvents.has(eventId))
        this.#violated(`${eventId} is pending at ${endpoint} on behalf of ${onBehalfOf}, which is available`);
      for (const { id } of backupsOf(endpoint, [...endpoints.values()]).filter((backup) =>
        this.#isSubscribedTo(backup, eventId),
      ))
        if (
          states.get(endpoint)?.status === "suspended" &&
          this.#isAvailable(id, isDown) &&
          !this.#rejectedEvents.has(eventId)
        )
          this.#violated(
            `${eventId} is pending at ${endpoint}, which is suspended, although its backup ${id} is available`,
          );
      if (!isDown(endpoint) && !this.#rejectedEvents.has(eventId) && !suspendedOnRejected.has(endpoint))
        this.#violated(
          `${eventId} has no final outcome: the receiver of ${endpoint} is up, its status is ${states.get(endpoint)?.status ?? "gone"}`,
        );
    }
    for (const { id, delivered } of logged.values())
      for (const endpoint of Object.keys(delivered)) this.#checkReceived(keyOf(endpoint, id));
    for (const [name, { ended: outcome }] of ended) this.#checkOutcome(name, outcome);
    let duplicates = 0;
    for (const [name, posts] of this.#byDelivery) duplicates += this.#countDuplicates(name, posts);
    this.#checkPairs();
    return duplicates;
  }

  /** A delivery never counts more failures than there were POSTs. */
  #checkCount(endpoint: string, eventId: string): void {
    const name = keyOf(endpoint, eventId);
    const { failures = 0 } = this.#observed.pending.get(name) ?? {};
    const posts = this.#byDelivery.get(name)?.length ?? 0;
    if (failures > posts) this.#violated(`${name} counts ${failures} failures after ${posts} POSTs`);
  }

  #checkReceived(name: string): void {
    if (!this.#byDelivery.get(name)?.some(({ isReceived }) => isReceived))
      this.#violated(`${name} is marked as delivered, but was never received`);
  }

  #checkOutcome(name: string, { status, reason, endpoint, eventId, resentAt, onBehalfOf }: EndedDelivery): void {
    const { states, endpoints } = this.#observed;
    const posts = this.#byDelivery.get(name) ?? [];
    if (status === "delivered") this.#checkReceived(name);
    const isGone = states.get(endpoint)?.status === "deleted" || !states.has(endpoint);
    const skippedTo = this.#observed.skippedTo.get(endpoint) ?? 0;
    const mainSkippedTo = this.#observed.skippedTo.get(onBehalfOf ?? "") ?? 0;
    const isSkipped =
      reason === "skipped" && ((resentAt ?? idTime(eventId)) < skippedTo || idTime(eventId) < mainSkippedTo);
    const isMoved = reason === "moved" && (onBehalfOf !== undefined || this.#hasBackup(endpoint));
    if (status === "cancelled" && !isGone && !isSkipped && !isMoved)
      this.#violated(`${name} was cancelled (${reason}), which no rule allows`);
    if (status !== "exhausted") return;
    const waits = waitsIn(stagesOf(endpoints.get(endpoint)?.retrySchedule ?? "standard"));
    const first = posts[0]?.begunAt ?? Number.POSITIVE_INFINITY;
    // POSTs overlap: an attempt may fail shortly before another one that began earlier succeeds.
    const isRejected = this.#ledger.some(
      (post) =>
        post.endpoint === endpoint && post.eventId !== eventId && post.isReceived && post.begunAt > first - OVERLAP_MS,
    );
    if (reason !== "schedule" || (posts.length <= waits && !(posts.length >= 2 && isRejected)))
      this.#violated(`${name} was exhausted (${reason}) after ${posts.length} of ${waits + 1} attempts`);
    // An event is exhausted only after an attempt without other events in the same POST.
    if (posts.length > 0 && posts.at(-1)?.eventsInPost !== 1)
      this.#violated(`${name} was exhausted after a POST of ${posts.at(-1)?.eventsInPost} events, not after one alone`);
    if (this.#isStrict && posts.length <= waits && !this.#rejectedEvents.has(eventId))
      this.#violated(
        `${name} was exhausted (${reason}) after ${posts.length} of ${waits + 1} attempts, although its receiver would have accepted it`,
      );
  }

  /** An endpoint and its backup both receive an event only if something explains it. */
  #checkPairs(): void {
    const all = [...this.#observed.endpoints.values()];
    for (const { id: main, account } of all)
      for (const { id: backup } of backupsOf(main, all))
        for (const { id } of this.#observed.eventsOf(account)) {
          const posts = [main, backup].map((endpoint) => this.#byDelivery.get(keyOf(endpoint, id)) ?? []);
          if (posts.every((some) => some.some(({ isReceived }) => isReceived)))
            this.#countDuplicates(keyOf(main, id), posts.flat());
        }
  }

  /** Whether an event was resent to an endpoint, its backups, or the endpoints it is a backup of. */
  #wasResent(endpoint: string, eventId: string): boolean {
    return this.#withBackups(endpoint).some((one) => this.#observed.resent.has(keyOf(one, eventId)));
  }

  #wasMovedByFailedRound(endpoint: string, eventId: string): boolean {
    const movers = this.#withBackups(endpoint).flatMap((one) => this.#observed.moves.get(keyOf(one, eventId)) ?? []);
    return movers.some(({ isKilled, hasFailed }) => isKilled || hasFailed);
  }

  #withBackups(endpoint: string): readonly string[] {
    const { endpoints } = this.#observed;
    const backups = backupsOf(endpoint, [...endpoints.values()]).map(({ id }) => id);
    return [endpoint, ...backups, ...(endpoints.get(endpoint)?.backupOf ?? [])];
  }

  #hasBackup(endpoint: string): boolean {
    return backupsOf(endpoint, [...this.#observed.endpoints.values()]).length > 0;
  }

  #isAvailable(endpoint: string, isDown: (endpoint: string) => boolean): boolean {
    return this.#observed.states.get(endpoint)?.status === "active" && !isDown(endpoint);
  }

  #isSubscribedTo(backup: Endpoint, eventId: string): boolean {
    return this.#observed.events.values().some((event) => event.id === eventId && isSubscribedTo(backup, event));
  }

  #countDuplicates(name: string, posts: readonly Post[]): number {
    const received = posts.filter(({ isReceived }) => isReceived);
    if (received.length < 2) return 0;
    const isExplained = posts.some(
      ({ isResponseLost, invocation, endpoint, eventId }) =>
        isResponseLost ||
        invocation.isKilled ||
        invocation.hasFailed ||
        this.#observed.duplicated.has(eventId) ||
        this.#wasResent(endpoint, eventId) ||
        this.#wasMovedByFailedRound(endpoint, eventId),
    );
    if (!isExplained) this.#violated(`${name} was received ${received.length} times without an explanation`);
    return received.length - 1;
  }
}
