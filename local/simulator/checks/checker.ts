import {
  type EndedDelivery,
  isOutcomeOf,
  type LoggedEvent,
  type PendingDelivery,
} from "../../../lambdas/delivery/model/delivery.ts";
import type { Webhook } from "../../../lambdas/delivery/model/webhook-request.ts";
import { backupsOf, isBackup } from "../../../lambdas/endpoints/model/backup.ts";
import type { EndpointState, EndpointStatus } from "../../../lambdas/endpoints/model/endpoint-state.ts";
import { isSubscribedTo } from "../../../lambdas/endpoints/model/subscription.ts";
import type { Event } from "../../../lambdas/events/model/event.ts";
import { exhaustedEvents, statusEvents } from "../../../lambdas/notifications/model/operational-event.ts";
import type { EventMessage } from "../../../lambdas/ports/events.ts";
import type { Environment, Invocation, Machine } from "../function.ts";
import { OPERATOR_ACCOUNT } from "../operator-account.ts";
import type { Post } from "../receivers.ts";
import { FinalInvariants } from "./final-invariants.ts";
import { nameOf, Seen, wishOf } from "./observed-state.ts";
import { PostRules } from "./post-rules.ts";

const HELD = new Set(["suspended", "paused", "deleted"]);
const TELLING_MS = 5_000; // who changes an endpoint a moment after another tells of both changes
const STRANDED_MS = 180_000; // what is written in two steps may lack a promise for a moment
const isPublished = (from: EndpointStatus, to: EndpointStatus) =>
  from !== to && (to === "failing" || to === "suspended" || (from === "failing" && to === "active"));

/** Is told of all that happens, and says what of it must never be. */
export class Checker {
  readonly violations: string[] = [];
  readonly seen = new Seen();
  readonly #machine: Machine;
  readonly #posts: PostRules;
  readonly #poisonous: ReadonlySet<string>;
  readonly #isStrict: boolean;
  /** Who told each event last. */
  readonly #tellers = new Map<string, { readonly invocation: Invocation; readonly at: number }>();

  /**
   * @param poisonous events that no receiver accepts
   * @param isStrict whether an event that its receiver would have taken may be exhausted for its neighbours' sake
   */
  constructor(machine: Machine, poisonous: ReadonlySet<string>, isStrict: boolean) {
    this.#machine = machine;
    this.#posts = new PostRules(machine, this.seen, (what) => this.#violated(what));
    this.#poisonous = poisonous;
    this.#isStrict = isStrict;
  }

  #violated(what: string): void {
    if (this.violations.length > 20) return;
    this.#machine.trace(`VIOLATION ${what}`);
    this.violations.push(what);
  }

  accepted(event: Event): void {
    this.seen.events.set(nameOf(event.account, event.id), event);
  }

  /** Something that Rappel tells of itself. Told twice it is still one event; that has a cause where a teller died or erred. */
  told(event: Event, { invocation }: Environment): void {
    const name = nameOf(event.account, event.id);
    const earlier = this.#tellers.get(name)?.invocation;
    const isRace = this.#machine.time.now - (this.#tellers.get(name)?.at ?? 0) < TELLING_MS;
    this.#tellers.set(name, { invocation, at: this.#machine.time.now });
    if (earlier === undefined) {
      this.accepted(event);
      return;
    }
    this.seen.copied.add(event.id);
    const isSlow = this.#machine.chance.on.has("a call is slow"); // then a round may come before its teller has noted it
    if (!isSlow && !isRace && earlier !== invocation && !earlier.isKilled && !earlier.hasErred)
      this.#violated(`${event.type} ${event.id} was told twice, and nothing explains it`);
  }

  copied(events: readonly Event[]): void {
    for (const { id } of events) this.seen.copied.add(id);
  }

  /** The queue has forgotten these: from now on the store alone must find them. */
  acknowledged({ events, resend }: EventMessage): void {
    if (resend !== undefined) this.seen.keptWishes.add(wishOf(resend.eventId, resend.at));
    for (const event of events) {
      this.seen.settled.add(nameOf(event.account, event.id));
      this.#checkEvent(event);
    }
  }

  logged(event: LoggedEvent): void {
    const name = nameOf(event.account, event.id);
    if (!this.seen.logged.has(name)) this.seen.logged.set(name, event);
  }

  /** @param giver the round that hands it over from another backlog, if one does */
  parked(delivery: PendingDelivery, giver?: Invocation): void {
    const name = nameOf(delivery.endpoint, delivery.eventId);
    if (giver !== undefined) this.seen.handed.set(name, [...(this.seen.handed.get(name) ?? []), giver]);
    if (this.seen.pending.has(name)) return;
    this.seen.pending.set(name, delivery);
    // As it waits now: what was handed over once may have come by a wish since.
    if (giver === undefined) this.seen.atHand.delete(name);
    else this.seen.atHand.add(name);
    if (delivery.resentAt === undefined) return;
    if (giver === undefined) this.seen.resent.add(name);
    // By a copy of the wish that the queue still has, though it may have forgotten another.
    this.seen.keptWishes.delete(wishOf(delivery.eventId, delivery.resentAt));
    const earlier = this.seen.ended.get(name);
    if (earlier !== undefined && !isOutcomeOf(earlier.ended, delivery)) this.seen.ended.delete(name);
  }

  revised(delivery: PendingDelivery, seen: PendingDelivery): void {
    const name = nameOf(delivery.endpoint, delivery.eventId);
    const present = this.seen.pending.get(name);
    if (present?.failures === seen.failures && present.dueAt === seen.dueAt) this.seen.pending.set(name, delivery);
  }

  concluded(delivery: EndedDelivery): void {
    const name = nameOf(delivery.endpoint, delivery.eventId);
    const earlier = this.seen.ended.get(name)?.ended;
    if (earlier !== undefined && (earlier.resentAt ?? 0) >= (delivery.resentAt ?? 0)) return;
    this.seen.ended.set(name, { ended: delivery, at: this.#machine.time.now });
    for (const event of exhaustedEvents(delivery, OPERATOR_ACCOUNT))
      this.seen.toTell.set(nameOf(event.account, event.id), name);
  }

  unparked(deliveries: readonly Pick<EndedDelivery, "endpoint" | "eventId" | "resentAt">[]): void {
    for (const { endpoint, eventId, resentAt = 0 } of deliveries) {
      const name = nameOf(endpoint, eventId);
      if ((this.seen.pending.get(name)?.resentAt ?? 0) <= resentAt) this.seen.pending.delete(name);
    }
  }

  stateRemoved(endpoint: string): void {
    this.seen.states.delete(endpoint);
  }

  stateWritten(state: EndpointState): void {
    const { time } = this.#machine;
    const { endpoint } = state;
    const before = this.seen.states.get(endpoint);
    this.seen.states.set(endpoint, state);
    for (const event of statusEvents(state, OPERATOR_ACCOUNT))
      this.seen.toTell.set(nameOf(event.account, event.id), `${endpoint}, ${event.type}`);
    if (before !== undefined && isPublished(before.status, state.status) && state.announced === before.announced)
      this.#violated(`${endpoint} went from ${before.status} to ${state.status}, and nobody will be told`);
    this.seen.skippedTo.set(endpoint, Math.max(this.seen.skippedTo.get(endpoint) ?? 0, state.skipBefore ?? 0));
    if (state.probeAt !== before?.probeAt || state.earlyProbeAt !== before?.earlyProbeAt)
      this.seen.probeAtSince.set(endpoint, time.now);
    if (!HELD.has(state.status)) this.seen.heldSince.delete(endpoint);
    else if (!this.seen.heldSince.has(endpoint)) this.seen.heldSince.set(endpoint, time.now);
    if (state.status !== "suspended") this.seen.condemned.delete(endpoint);
    else if (before?.status !== "suspended" && this.#onlyPoisonWaitsFor(endpoint)) this.seen.condemned.add(endpoint);
    if (state.notBefore !== before?.notBefore) this.seen.notBeforeSince.set(endpoint, time.now);
    if (state.wakeAt === undefined) {
      time.after(STRANDED_MS, () => this.#checkBacklog(endpoint));
    }
  }

  #onlyPoisonWaitsFor(endpoint: string): boolean {
    return this.seen.pending.values().every((one) => one.endpoint !== endpoint || this.#poisonous.has(one.eventId));
  }

  #checkBacklog(endpoint: string): void {
    for (const delivery of this.seen.pending.values())
      if (delivery.endpoint === endpoint && this.#isOurs(delivery)) this.#checkPromise(delivery);
  }

  /** Whether the queue has forgotten it: what it still holds it will bring again. */
  #isOurs(pending: PendingDelivery): boolean {
    const { account, endpoint, eventId, resentAt } = pending;
    if (this.seen.atHand.has(nameOf(endpoint, eventId)) && resentAt !== undefined) return !this.#isWithGiver(pending);
    return resentAt === undefined
      ? this.seen.settled.has(nameOf(account, eventId))
      : this.seen.keptWishes.has(wishOf(eventId, resentAt));
  }

  /** Whether who hands it over still has it, and will do so again. */
  #isWithGiver({ endpoint, eventId, onBehalfOf }: PendingDelivery): boolean {
    return this.seen.pending
      .values()
      .some((one) => one.eventId === eventId && (one.endpoint === onBehalfOf || one.onBehalfOf === endpoint));
  }

  #checkPromise(pending: PendingDelivery): void {
    const { endpoint, eventId } = pending;
    const word = this.seen.ended.get(nameOf(endpoint, eventId))?.ended;
    if (word !== undefined && isOutcomeOf(word, pending)) return; // what a crash has left of it waits for nothing
    const state = this.seen.states.get(endpoint);
    if (state === undefined) {
      if (this.seen.endpoints.has(endpoint)) this.#violated(`${eventId} is pending at ${endpoint}, which has no state`);
    } else if (state.wakeAt === undefined) {
      this.#violated(`stranded: ${eventId} is pending at ${endpoint}, which is ${state.status} and promises nothing`);
    }
  }

  #checkEvent(event: Event): void {
    const logged = this.seen.logged.get(nameOf(event.account, event.id));
    for (const endpoint of this.seen.endpoints.values()) {
      const { id, account } = endpoint;
      if (account !== event.account || isBackup(endpoint) || !isSubscribedTo(endpoint, event)) continue;
      if (this.seen.states.get(id)?.status === "deleted") continue;
      if (!this.seen.states.has(id)) continue;
      const backups = backupsOf(id, [...this.seen.endpoints.values()]).map((backup) => backup.id);
      const places = [id, ...backups].filter((place) => this.#isAt(event, place, logged));
      if (places.length === 0) this.#violated(`lost: ${event.id} was accepted, and ${id} neither has it nor awaits it`);
    }
  }

  /** Whether an endpoint has an event, or awaits it, or it has ended there for good. */
  #isAt(event: Event, endpoint: string, logged: LoggedEvent | undefined): boolean {
    const name = nameOf(endpoint, event.id);
    const pending = this.seen.pending.get(name);
    if (pending !== undefined && this.#isOurs(pending)) this.#checkPromise(pending);
    const ended = this.seen.ended.get(name)?.ended;
    const hasEnded = ended !== undefined && ended.reason !== "moved";
    return pending !== undefined || logged?.delivered[endpoint] !== undefined || hasEnded;
  }

  /** Judges a POST at the moment that it begins. */
  begun(webhook: Webhook, endpoint: string, environment: Environment): void {
    this.#posts.begun(webhook, endpoint, environment);
  }

  /** Once all faults are over and hours have passed. */
  finish(ledger: readonly Post[], isDead: (endpoint: string) => boolean): { duplicates: number } {
    for (const event of this.seen.events.values()) this.#checkEvent(event);
    const violated = (what: string) => this.#violated(what);
    const judgement = new FinalInvariants(this.seen, ledger, {
      poisonous: this.#poisonous,
      isStrict: this.#isStrict,
      violated,
    });
    return { duplicates: judgement.pass(isDead) };
  }
}
