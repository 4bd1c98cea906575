import type { EndedDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import { backupsOf } from "../../../lambdas/endpoints/model/backup.ts";
import type { Endpoint } from "../../../lambdas/endpoints/model/endpoint.ts";
import { stagesOf } from "../../../lambdas/endpoints/model/preset.ts";
import { isSubscribedTo } from "../../../lambdas/endpoints/model/subscription.ts";
import { waitsIn } from "../../../lambdas/retry/model/retry-schedule.ts";
import { idTime } from "../../../lambdas/shared/ids.ts";
import type { Post } from "../receivers.ts";
import { nameOf, type Seen } from "./observed-state.ts";
import { SKEW_MS } from "./post-rules.ts";

const OVERLAP_MS = 15_000 + SKEW_MS; // the longest that two POSTs run side by side, told by clocks that differ

/** What must be true when all faults are over and hours have passed: everything has come to its end, by a rule. */
export class FinalInvariants {
  readonly #seen: Seen;
  readonly #ledger: readonly Post[];
  readonly #byDelivery: ReadonlyMap<string, readonly Post[]>;
  readonly #poisonous: ReadonlySet<string>;
  /** Whether an event that its receiver would have taken may never be exhausted for its neighbours' sake. */
  readonly #isStrict: boolean;
  readonly #violated: (what: string) => void;

  constructor(
    seen: Seen,
    ledger: readonly Post[],
    {
      poisonous,
      isStrict,
      violated,
    }: {
      readonly poisonous: ReadonlySet<string>;
      readonly isStrict: boolean;
      readonly violated: (what: string) => void;
    },
  ) {
    this.#seen = seen;
    this.#ledger = ledger;
    this.#byDelivery = Map.groupBy(ledger, ({ endpoint, eventId }) => nameOf(endpoint, eventId));
    this.#poisonous = poisonous;
    this.#isStrict = isStrict;
    this.#violated = violated;
  }

  /** @param isDead endpoints whose receiver never comes back @returns how many were received more than once */
  pass(isDead: (endpoint: string) => boolean): number {
    const { endpoints, events, settled, toTell, pending, condemned, states, logged, ended } = this.#seen;
    for (const event of events.values())
      if (!settled.has(nameOf(event.account, event.id))) this.#violated(`${event.id} is still in the queue`);
    for (const [name, what] of toTell) if (!events.has(name)) this.#violated(`nobody was told: ${name} of ${what}`);
    for (const { endpoint, eventId, onBehalfOf } of pending.values()) {
      this.#checkCount(endpoint, eventId);
      if (onBehalfOf !== undefined && this.#isWell(onBehalfOf, isDead) && !this.#poisonous.has(eventId))
        this.#violated(`${eventId} waits at ${endpoint} in the stead of ${onBehalfOf}, which is well`);
      for (const { id } of backupsOf(endpoint, [...endpoints.values()]).filter((backup) =>
        this.#isSubscribedTo(backup, eventId),
      ))
        if (states.get(endpoint)?.status === "suspended" && this.#isWell(id, isDead) && !this.#poisonous.has(eventId))
          this.#violated(`${eventId} waits at ${endpoint}, which is suspended, and its backup ${id} is well`);
      if (!isDead(endpoint) && !this.#poisonous.has(eventId) && !condemned.has(endpoint))
        this.#violated(`${eventId} never settles: ${endpoint} is well and ${states.get(endpoint)?.status ?? "gone"}`);
    }
    for (const { id, delivered } of logged.values())
      for (const endpoint of Object.keys(delivered)) this.#checkReceived(nameOf(endpoint, id));
    for (const [name, { ended: end }] of ended) this.#checkEnd(name, end);
    let duplicates = 0;
    for (const [name, posts] of this.#byDelivery) duplicates += this.#countDuplicates(name, posts);
    this.#checkPairs();
    return duplicates;
  }

  /** No schedule counts a POST that was not made. */
  #checkCount(endpoint: string, eventId: string): void {
    const name = nameOf(endpoint, eventId);
    const { failures = 0 } = this.#seen.pending.get(name) ?? {};
    const posts = this.#byDelivery.get(name)?.length ?? 0;
    if (failures > posts) this.#violated(`${name} counts ${failures} failures after ${posts} POSTs`);
  }

  #checkReceived(name: string): void {
    if (!this.#byDelivery.get(name)?.some(({ isReceived }) => isReceived))
      this.#violated(`${name} is called delivered, and nobody received it`);
  }

  #checkEnd(name: string, { status, reason, endpoint, eventId, resentAt, onBehalfOf }: EndedDelivery): void {
    const { states, endpoints } = this.#seen;
    const posts = this.#byDelivery.get(name) ?? [];
    if (status === "delivered") this.#checkReceived(name);
    const isGone = states.get(endpoint)?.status === "deleted" || !states.has(endpoint);
    const skippedTo = this.#seen.skippedTo.get(endpoint) ?? 0;
    const mainSkippedTo = this.#seen.skippedTo.get(onBehalfOf ?? "") ?? 0;
    const isSkipped =
      reason === "skipped" && ((resentAt ?? idTime(eventId)) < skippedTo || idTime(eventId) < mainSkippedTo);
    const isHandedOn = reason === "moved" && (onBehalfOf !== undefined || this.#hasBackup(endpoint));
    if (status === "cancelled" && !isGone && !isSkipped && !isHandedOn)
      this.#violated(`${name} was cancelled (${reason}) by no rule`);
    if (status !== "exhausted") return;
    const waits = waitsIn(stagesOf(endpoints.get(endpoint)?.retrySchedule ?? "standard"));
    const first = posts[0]?.begunAt ?? Number.POSITIVE_INFINITY;
    // Who failed a moment before another's success ended has begun to fail before it: POSTs overlap.
    const isToBlame = this.#ledger.some(
      (post) =>
        post.endpoint === endpoint && post.eventId !== eventId && post.isReceived && post.begunAt > first - OVERLAP_MS,
    );
    if (reason !== "schedule" || (posts.length <= waits && !(posts.length >= 2 && isToBlame)))
      this.#violated(`${name} was exhausted (${reason}) after ${posts.length} of ${waits + 1} attempts`);
    // In a failing endpoint's last word all that was tried is ended, and that was tried alone too.
    if (posts.length > 0 && posts.at(-1)?.together !== 1)
      this.#violated(`${name} was exhausted with the ${posts.at(-1)?.together} that it came with`);
    if (this.#isStrict && posts.length <= waits && !this.#poisonous.has(eventId))
      this.#violated(
        `${name} was exhausted (${reason}) after ${posts.length} of ${waits + 1} attempts: it was the URL's fault`,
      );
  }

  /** What an endpoint has had its backup need not have too, without a cause. */
  #checkPairs(): void {
    const all = [...this.#seen.endpoints.values()];
    for (const { id: main, account } of all)
      for (const { id: backup } of backupsOf(main, all))
        for (const { id } of this.#seen.eventsOf(account)) {
          const posts = [main, backup].map((endpoint) => this.#byDelivery.get(nameOf(endpoint, id)) ?? []);
          if (posts.every((some) => some.some(({ isReceived }) => isReceived)))
            this.#countDuplicates(nameOf(main, id), posts.flat());
        }
  }

  /** To it, or to one of those that it stands in for, or that stand in for it. */
  #wasResent(endpoint: string, eventId: string): boolean {
    return this.#relatives(endpoint).some((one) => this.#seen.resent.has(nameOf(one, eventId)));
  }

  #wasHandedByTheDying(endpoint: string, eventId: string): boolean {
    const givers = this.#relatives(endpoint).flatMap((one) => this.#seen.handed.get(nameOf(one, eventId)) ?? []);
    return givers.some(({ isKilled, hasErred }) => isKilled || hasErred);
  }

  #relatives(endpoint: string): readonly string[] {
    const { endpoints } = this.#seen;
    const backups = backupsOf(endpoint, [...endpoints.values()]).map(({ id }) => id);
    return [endpoint, ...backups, ...(endpoints.get(endpoint)?.backupOf ?? [])];
  }

  #hasBackup(endpoint: string): boolean {
    return backupsOf(endpoint, [...this.#seen.endpoints.values()]).length > 0;
  }

  #isWell(endpoint: string, isDead: (endpoint: string) => boolean): boolean {
    return this.#seen.states.get(endpoint)?.status === "active" && !isDead(endpoint);
  }

  #isSubscribedTo(backup: Endpoint, eventId: string): boolean {
    return this.#seen.events.values().some((event) => event.id === eventId && isSubscribedTo(backup, event));
  }

  #countDuplicates(name: string, posts: readonly Post[]): number {
    const received = posts.filter(({ isReceived }) => isReceived);
    if (received.length < 2) return 0;
    const isExplained = posts.some(
      ({ isAnswerLost, invocation, endpoint, eventId }) =>
        isAnswerLost ||
        invocation.isKilled ||
        invocation.hasErred ||
        this.#seen.copied.has(eventId) ||
        this.#wasResent(endpoint, eventId) ||
        this.#wasHandedByTheDying(endpoint, eventId),
    );
    if (!isExplained) this.#violated(`${name} was received ${received.length} times, and nothing explains it`);
    return received.length - 1;
  }
}
