import type { EndedDelivery, LoggedEvent, PendingDelivery } from "../../lambdas/core/delivery.ts";
import type { Endpoint, EndpointState } from "../../lambdas/core/endpoint.ts";
import { type Event, isWanted } from "../../lambdas/core/event.ts";
import { stagesOf, waitsIn } from "../../lambdas/core/retry-schedule.ts";
import type { Webhook } from "../../lambdas/core/webhook.ts";
import type { Environment, Machine } from "./function.ts";
import type { Post } from "./receivers.ts";

const HELD = new Set(["suspended", "paused", "deleted"]);
// 5 s that a state is trusted, and what clocks and calls may add.
const OBEYED_MS = 5_000;
const SKEW_MS = 7_000;
const SLOW_MS = 61_000;
const OVERLAP_MS = 15_000 + SKEW_MS; // the longest that two POSTs run side by side, told by clocks that differ
const STRANDED_MS = 180_000; // what is written in two steps may lack a promise for a moment

const nameOf = (endpoint: string, eventId: string) => `${endpoint}/${eventId}`;

/** What the stores hold, as whoever looks from above sees it, and what must be true of it at every step. */
export class Checker {
  readonly violations: string[] = [];
  readonly endpoints = new Map<string, Endpoint>();
  readonly states = new Map<string, EndpointState>();
  readonly #machine: Machine;
  readonly #events = new Map<string, Event>();
  readonly #settled = new Set<string>();
  readonly #copied = new Set<string>();
  readonly #logged = new Map<string, LoggedEvent>();
  readonly pending = new Map<string, PendingDelivery>();
  readonly #ended = new Map<string, { ended: EndedDelivery; at: number }>();
  readonly #heldSince = new Map<string, number>();
  readonly #notBeforeSince = new Map<string, number>();
  readonly #bytes = new Map<string, string>();

  readonly #poisonous: ReadonlySet<string>;
  readonly #isStrict: boolean;
  /** Suspended when nothing but poison waited for them: what comes later waits for their user. */
  readonly #condemned = new Set<string>();

  /**
   * @param poisonous events that no receiver takes
   * @param isStrict whether an event that its receiver would have taken may be exhausted for its neighbours' sake
   */
  constructor(machine: Machine, poisonous: ReadonlySet<string>, isStrict: boolean) {
    this.#machine = machine;
    this.#poisonous = poisonous;
    this.#isStrict = isStrict;
  }

  #violated(what: string): void {
    if (this.violations.length > 20) return;
    this.#machine.trace(`VIOLATION ${what}`);
    this.violations.push(what);
  }

  accepted(event: Event): void {
    this.#events.set(event.id, event);
  }

  copied(events: readonly Event[]): void {
    for (const { id } of events) this.#copied.add(id);
  }

  /** The queue has forgotten these: from now on the store alone must find them. */
  acknowledged(events: readonly Event[]): void {
    for (const event of events) {
      this.#settled.add(event.id);
      this.#checkEvent(event);
    }
  }

  logged(event: LoggedEvent): void {
    if (!this.#logged.has(event.id)) this.#logged.set(event.id, event);
  }

  parked(delivery: PendingDelivery): void {
    const name = nameOf(delivery.endpoint, delivery.eventId);
    if (!this.pending.has(name)) this.pending.set(name, delivery);
  }

  revised(delivery: PendingDelivery, seen: PendingDelivery): void {
    const name = nameOf(delivery.endpoint, delivery.eventId);
    const present = this.pending.get(name);
    if (present?.failures === seen.failures && present.dueAt === seen.dueAt) this.pending.set(name, delivery);
  }

  ended(delivery: EndedDelivery): void {
    const name = nameOf(delivery.endpoint, delivery.eventId);
    if (!this.#ended.has(name)) this.#ended.set(name, { ended: delivery, at: this.#machine.time.now });
    this.pending.delete(name);
  }

  stateRemoved(endpoint: string): void {
    this.states.delete(endpoint);
  }

  stateWritten(state: EndpointState): void {
    const { time } = this.#machine;
    const { endpoint } = state;
    const before = this.states.get(endpoint);
    this.states.set(endpoint, state);
    if (!HELD.has(state.status)) this.#heldSince.delete(endpoint);
    else if (!this.#heldSince.has(endpoint)) this.#heldSince.set(endpoint, time.now);
    if (state.status !== "suspended") this.#condemned.delete(endpoint);
    else if (before?.status !== "suspended" && this.#onlyPoisonWaitsFor(endpoint)) this.#condemned.add(endpoint);
    if (state.notBefore !== before?.notBefore) this.#notBeforeSince.set(endpoint, time.now);
    if (state.wakeAt === undefined && !this.#isHeldForGood(state)) {
      time.after(STRANDED_MS, () => this.#checkBacklog(endpoint));
    }
  }

  #onlyPoisonWaitsFor(endpoint: string): boolean {
    return this.pending.values().every((one) => one.endpoint !== endpoint || this.#poisonous.has(one.eventId));
  }

  #isHeldForGood({ status, notBefore }: EndpointState): boolean {
    return status === "suspended" || (status === "paused" && notBefore === undefined);
  }

  #checkBacklog(endpoint: string): void {
    for (const delivery of this.pending.values())
      if (delivery.endpoint === endpoint && this.#settled.has(delivery.eventId)) this.#checkPromise(delivery);
  }

  #checkPromise({ endpoint, eventId }: PendingDelivery): void {
    const state = this.states.get(endpoint);
    if (state === undefined) {
      if (this.endpoints.has(endpoint)) this.#violated(`${eventId} is pending at ${endpoint}, which has no state`);
    } else if (state.wakeAt === undefined && !this.#isHeldForGood(state)) {
      this.#violated(`stranded: ${eventId} is pending at ${endpoint}, which is ${state.status} and promises nothing`);
    }
  }

  #checkEvent(event: Event): void {
    const logged = this.#logged.get(event.id);
    for (const endpoint of this.endpoints.values()) {
      const { id, account, eventTypes } = endpoint;
      if (account !== event.account || !isWanted(eventTypes, event.type) || this.states.get(id)?.status === "deleted")
        continue;
      if (!this.states.has(id)) continue;
      const name = nameOf(id, event.id);
      const pending = this.pending.get(name);
      if (pending !== undefined) this.#checkPromise(pending);
      else if (logged?.delivered[id] === undefined && !this.#ended.has(name))
        this.#violated(`lost: ${event.id} was accepted, and ${id} neither has it nor awaits it`);
    }
  }

  /** Judges a POST at the moment that it begins. */
  begun(webhook: Webhook, endpointId: string, { invocation, name }: Environment): void {
    const { time, chance } = this.#machine;
    const eventId = webhook.headers["webhook-id"] ?? "";
    const [endpoint, event, state] = [
      this.endpoints.get(endpointId),
      this.#events.get(eventId),
      this.states.get(endpointId),
    ];
    const delivery = nameOf(endpointId, eventId);
    if (endpoint === undefined || event === undefined || endpoint.account !== event.account)
      this.#violated(`${eventId} was sent to ${endpointId}, another account's`);
    const body = Buffer.from(webhook.body).toString("latin1");
    if ((this.#bytes.get(delivery) ?? body) !== body) this.#violated(`${delivery} was sent with other bytes`);
    this.#bytes.set(delivery, body);
    const slackMs = OBEYED_MS + webhook.timeoutMs + SKEW_MS + (chance.on.has("a call is slow") ? SLOW_MS : 0);
    const heldSince = this.#heldSince.get(endpointId);
    if (heldSince !== undefined && time.now > heldSince + slackMs)
      this.#violated(`${delivery} was sent ${(time.now - heldSince) / 1000} s after its endpoint was ${state?.status}`);
    const { notBefore = 0 } = state ?? {};
    const since = this.#notBeforeSince.get(endpointId) ?? 0;
    if (time.now + SKEW_MS < notBefore && time.now > since + slackMs)
      this.#violated(`${delivery} was sent ${(notBefore - time.now) / 1000} s before the endpoint's time`);
    if (!name.startsWith("wake")) return;
    const ended = this.#ended.get(delivery);
    if (ended !== undefined && ended.at < invocation.startedAt)
      this.#violated(`${delivery} was sent again after its last word, "${ended.ended.status}"`);
    const { dueAt = 0 } = this.pending.get(delivery) ?? {};
    if (state?.status === "active" && time.now + SKEW_MS < dueAt)
      this.#violated(`${delivery} was sent ${(dueAt - time.now) / 1000} s before its time`);
  }

  /** Once all faults are over and hours have passed: everything has come to its end, and none twice without a cause. */
  finish(ledger: readonly Post[], isDead: (endpoint: string) => boolean): { duplicates: number } {
    const byDelivery = Map.groupBy(ledger, ({ endpoint, eventId }) => nameOf(endpoint, eventId));
    for (const event of this.#events.values()) {
      if (!this.#settled.has(event.id)) this.#violated(`${event.id} is still in the queue`);
      this.#checkEvent(event);
    }
    for (const { endpoint, eventId } of this.pending.values()) {
      if (!isDead(endpoint) && !this.#poisonous.has(eventId) && !this.#condemned.has(endpoint))
        this.#violated(
          `${eventId} never settles: ${endpoint} is well and ${this.states.get(endpoint)?.status ?? "gone"}`,
        );
    }
    for (const { id, delivered } of this.#logged.values())
      for (const endpoint of Object.keys(delivered))
        this.#checkReceived(byDelivery.get(nameOf(endpoint, id)), nameOf(endpoint, id));
    for (const [name, { ended }] of this.#ended) this.#checkEnd(name, ended, byDelivery.get(name) ?? [], ledger);
    let duplicates = 0;
    for (const [name, posts] of byDelivery) duplicates += this.#countDuplicates(name, posts);
    return { duplicates };
  }

  #checkReceived(posts: readonly Post[] | undefined, name: string): void {
    if (!posts?.some(({ isReceived }) => isReceived))
      this.#violated(`${name} is called delivered, and nobody received it`);
  }

  #checkEnd(
    name: string,
    { status, reason, endpoint, eventId }: EndedDelivery,
    posts: readonly Post[],
    ledger: readonly Post[],
  ): void {
    if (status === "delivered") this.#checkReceived(posts, name);
    const isGone = this.states.get(endpoint)?.status === "deleted" || !this.states.has(endpoint);
    if (status === "cancelled" && !isGone) this.#violated(`${name} was cancelled (${reason}) by no rule`);
    if (status !== "exhausted") return;
    const waits = waitsIn(stagesOf(this.endpoints.get(endpoint)?.retrySchedule ?? "standard"));
    const first = posts[0]?.begunAt ?? Number.POSITIVE_INFINITY;
    // Who failed a moment before another's success ended has begun to fail before it: POSTs overlap.
    const isToBlame = ledger.some(
      (post) =>
        post.endpoint === endpoint && post.eventId !== eventId && post.isReceived && post.begunAt > first - OVERLAP_MS,
    );
    if (reason !== "schedule" || (posts.length <= waits && !(posts.length >= 2 && isToBlame)))
      this.#violated(`${name} was exhausted (${reason}) after ${posts.length} of ${waits + 1} attempts`);
    if (this.#isStrict && posts.length <= waits && !this.#poisonous.has(eventId))
      this.#violated(
        `${name} was exhausted (${reason}) after ${posts.length} of ${waits + 1} attempts: it was the URL's fault`,
      );
  }

  #countDuplicates(name: string, posts: readonly Post[]): number {
    const received = posts.filter(({ isReceived }) => isReceived);
    if (received.length < 2) return 0;
    const isExplained = posts.some(
      ({ isAnswerLost, invocation, eventId }) =>
        isAnswerLost || invocation.isKilled || invocation.hasErred || this.#copied.has(eventId),
    );
    if (!isExplained) this.#violated(`${name} was received ${received.length} times, and nothing explains it`);
    return received.length - 1;
  }
}
