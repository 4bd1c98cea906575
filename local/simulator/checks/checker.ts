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
import { keyOf, ObservedState, resendKeyOf } from "./observed-state.ts";
import { PostRules } from "./post-rules.ts";
import { RecoveryChecks } from "./recovery-checks.ts";

const ON_HOLD = new Set(["suspended", "paused", "deleted"]);
const PUBLISH_RACE_MS = 5_000; // two functions that change an endpoint at the same time may both publish both changes
const STRANDED_MS = 180_000; // between the two writes of a change a delivery may have no wake-up
const isPublished = (from: EndpointStatus, to: EndpointStatus) =>
  from !== to && (to === "failing" || to === "suspended" || (from === "failing" && to === "active"));

/** Records what the simulated functions do, and reports each invariant that they violate. */
export class Checker {
  readonly violations: string[] = [];
  readonly observed = new ObservedState();
  readonly recoveries: RecoveryChecks;
  readonly #machine: Machine;
  readonly #posts: PostRules;
  readonly #rejectedEvents: ReadonlySet<string>;
  readonly #isStrict: boolean;
  /** The invocation that published each event last. */
  readonly #publishers = new Map<string, { readonly invocation: Invocation; readonly at: number }>();

  /**
   * @param rejectedEvents events that every receiver refuses
   * @param isStrict whether it is a violation if an event is exhausted early that its receiver would have accepted
   */
  constructor(machine: Machine, rejectedEvents: ReadonlySet<string>, isStrict: boolean) {
    this.#machine = machine;
    this.#posts = new PostRules(machine, this.observed, (violation) => this.#violated(violation));
    this.recoveries = new RecoveryChecks(this.observed, (violation) => this.#violated(violation));
    this.#rejectedEvents = rejectedEvents;
    this.#isStrict = isStrict;
  }

  #violated(violation: string): void {
    if (this.violations.length > 20) return;
    this.#machine.trace(`VIOLATION ${violation}`);
    this.violations.push(violation);
  }

  accepted(event: Event): void {
    this.observed.events.set(keyOf(event.account, event.id), event);
  }

  /** An operational webhook was queued. A second copy is allowed only if a publisher crashed or failed. */
  published(event: Event, { invocation }: Environment): void {
    const name = keyOf(event.account, event.id);
    const earlier = this.#publishers.get(name)?.invocation;
    const isRace = this.#machine.time.now - (this.#publishers.get(name)?.at ?? 0) < PUBLISH_RACE_MS;
    this.#publishers.set(name, { invocation, at: this.#machine.time.now });
    if (earlier === undefined) {
      this.accepted(event);
      return;
    }
    this.observed.duplicated.add(event.id);
    const isSlow = this.#machine.random.enabledFaults.has("a call is slow"); // then a round may run before the publisher has recorded its event
    if (!isSlow && !isRace && earlier !== invocation && !earlier.isKilled && !earlier.hasFailed)
      this.#violated(`${event.type} ${event.id} was published twice without an explanation`);
  }

  duplicated(events: readonly Event[]): void {
    for (const { id } of events) this.observed.duplicated.add(id);
  }

  /** The queue has deleted this message: from now on only the store holds its events. */
  acknowledged({ events, resend }: EventMessage): void {
    if (resend !== undefined) this.observed.acknowledgedResends.add(resendKeyOf(resend.eventId, resend.at));
    for (const event of events) {
      this.observed.acknowledged.add(keyOf(event.account, event.id));
      this.#checkEvent(event);
    }
  }

  logged(event: LoggedEvent): void {
    const name = keyOf(event.account, event.id);
    if (!this.observed.logged.has(name)) this.observed.logged.set(name, event);
  }

  /** @param mover the retry round that moves it here from another backlog, if one does */
  addedToBacklog(delivery: PendingDelivery, mover?: Invocation): void {
    const name = keyOf(delivery.endpoint, delivery.eventId);
    if (mover === undefined) this.recoveries.added(delivery);
    if (mover !== undefined) this.observed.moves.set(name, [...(this.observed.moves.get(name) ?? []), mover]);
    if (this.observed.pending.has(name)) return;
    this.observed.pending.set(name, delivery);
    // Only the latest cause counts: a delivery that was moved here may since have been resent.
    if (mover === undefined) this.observed.movedHere.delete(name);
    else this.observed.movedHere.add(name);
    if (delivery.resentAt === undefined) return;
    if (mover === undefined) this.observed.resent.add(name);
    // It came from a copy of the resend request that the queue still holds, even if another copy is acknowledged.
    this.observed.acknowledgedResends.delete(resendKeyOf(delivery.eventId, delivery.resentAt));
    const earlier = this.observed.ended.get(name);
    if (earlier !== undefined && !isOutcomeOf(earlier.ended, delivery)) this.observed.ended.delete(name);
  }

  backlogItemChanged(delivery: PendingDelivery, before: PendingDelivery): void {
    const name = keyOf(delivery.endpoint, delivery.eventId);
    const present = this.observed.pending.get(name);
    if (present?.failures === before.failures && present.dueAt === before.dueAt)
      this.observed.pending.set(name, delivery);
  }

  outcomeRecorded(delivery: EndedDelivery): void {
    const name = keyOf(delivery.endpoint, delivery.eventId);
    const earlier = this.observed.ended.get(name)?.ended;
    if (earlier !== undefined && (earlier.resentAt ?? 0) >= (delivery.resentAt ?? 0)) return;
    this.observed.ended.set(name, { ended: delivery, at: this.#machine.time.now });
    for (const event of exhaustedEvents(delivery, OPERATOR_ACCOUNT))
      this.observed.expectedEvents.set(keyOf(event.account, event.id), name);
  }

  removedFromBacklog(deliveries: readonly Pick<EndedDelivery, "endpoint" | "eventId" | "resentAt">[]): void {
    for (const { endpoint, eventId, resentAt = 0 } of deliveries) {
      const name = keyOf(endpoint, eventId);
      if ((this.observed.pending.get(name)?.resentAt ?? 0) <= resentAt) this.observed.pending.delete(name);
    }
  }

  stateRemoved(endpoint: string): void {
    this.observed.states.delete(endpoint);
  }

  stateWritten(state: EndpointState): void {
    const { time } = this.#machine;
    const { endpoint } = state;
    const before = this.observed.states.get(endpoint);
    this.observed.states.set(endpoint, state);
    for (const event of statusEvents(state, OPERATOR_ACCOUNT))
      this.observed.expectedEvents.set(keyOf(event.account, event.id), `${endpoint}, ${event.type}`);
    if (before !== undefined && isPublished(before.status, state.status) && state.announced === before.announced)
      this.#violated(
        `${endpoint} went from ${before.status} to ${state.status}, and no status event will be published`,
      );
    this.observed.skippedTo.set(endpoint, Math.max(this.observed.skippedTo.get(endpoint) ?? 0, state.skipBefore ?? 0));
    if (state.probeAt !== before?.probeAt || state.earlyProbeAt !== before?.earlyProbeAt)
      this.observed.probeAtSince.set(endpoint, time.now);
    if (!ON_HOLD.has(state.status)) this.observed.onHoldSince.delete(endpoint);
    else if (!this.observed.onHoldSince.has(endpoint)) this.observed.onHoldSince.set(endpoint, time.now);
    if (state.status !== "suspended") this.observed.suspendedOnRejected.delete(endpoint);
    else if (before?.status !== "suspended" && this.#hasOnlyRejectedEvents(endpoint))
      this.observed.suspendedOnRejected.add(endpoint);
    if (state.notBefore !== before?.notBefore) this.observed.notBeforeSince.set(endpoint, time.now);
    if (state.wakeAt === undefined) {
      time.after(STRANDED_MS, () => this.#checkBacklog(endpoint));
    }
  }

  #hasOnlyRejectedEvents(endpoint: string): boolean {
    return this.observed.pending
      .values()
      .every((one) => one.endpoint !== endpoint || this.#rejectedEvents.has(one.eventId));
  }

  #checkBacklog(endpoint: string): void {
    for (const delivery of this.observed.pending.values())
      if (delivery.endpoint === endpoint && this.#isOnlyInStore(delivery)) this.#checkWakeUp(delivery);
  }

  /** Whether only the store holds it: the queue delivers again what it still holds. */
  #isOnlyInStore(pending: PendingDelivery): boolean {
    const { account, endpoint, eventId, resentAt } = pending;
    if (this.observed.movedHere.has(keyOf(endpoint, eventId)) && resentAt !== undefined)
      return !this.#isStillAtSource(pending);
    return resentAt === undefined
      ? this.observed.acknowledged.has(keyOf(account, eventId))
      : this.observed.acknowledgedResends.has(resendKeyOf(eventId, resentAt));
  }

  /** Whether the backlog it was moved from still has it, so that it will be moved again. */
  #isStillAtSource({ endpoint, eventId, onBehalfOf }: PendingDelivery): boolean {
    return this.observed.pending
      .values()
      .some((one) => one.eventId === eventId && (one.endpoint === onBehalfOf || one.onBehalfOf === endpoint));
  }

  #checkWakeUp(pending: PendingDelivery): void {
    const { endpoint, eventId } = pending;
    const outcome = this.observed.ended.get(keyOf(endpoint, eventId))?.ended;
    if (outcome !== undefined && isOutcomeOf(outcome, pending)) return; // a crash left this item behind: nothing is due
    const state = this.observed.states.get(endpoint);
    if (state === undefined) {
      if (this.observed.endpoints.has(endpoint))
        this.#violated(`${eventId} is pending at ${endpoint}, which has no state`);
    } else if (state.wakeAt === undefined) {
      this.#violated(`stranded: ${eventId} is pending at ${endpoint}, which is ${state.status} and has no wake-up`);
    }
  }

  #checkEvent(event: Event): void {
    const logged = this.observed.logged.get(keyOf(event.account, event.id));
    for (const endpoint of this.observed.endpoints.values()) {
      const { id, account } = endpoint;
      if (account !== event.account || isBackup(endpoint) || !isSubscribedTo(endpoint, event)) continue;
      if (this.observed.states.get(id)?.status === "deleted") continue;
      if (!this.observed.states.has(id)) continue;
      const backups = backupsOf(id, [...this.observed.endpoints.values()]).map((backup) => backup.id);
      const places = [id, ...backups].filter((place) => this.#isAccountedForAt(event, place, logged));
      if (places.length === 0)
        this.#violated(`lost: ${event.id} was accepted, but ${id} neither received it nor has it pending`);
    }
  }

  /** Whether an event is delivered to, pending at, or finished for an endpoint. */
  #isAccountedForAt(event: Event, endpoint: string, logged: LoggedEvent | undefined): boolean {
    const name = keyOf(endpoint, event.id);
    const pending = this.observed.pending.get(name);
    if (pending !== undefined && this.#isOnlyInStore(pending)) this.#checkWakeUp(pending);
    const ended = this.observed.ended.get(name)?.ended;
    const hasEnded = ended !== undefined && ended.reason !== "moved";
    return pending !== undefined || logged?.delivered[endpoint] !== undefined || hasEnded;
  }

  /** Checks a POST when it starts. */
  postStarted(webhook: Webhook, endpoint: string, environment: Environment): void {
    this.#posts.postStarted(webhook, endpoint, environment);
  }

  /** Call it hours after the last fault. @param isDown whether an endpoint's receiver never recovers */
  finish(ledger: readonly Post[], isDown: (endpoint: string) => boolean): { duplicates: number } {
    for (const event of this.observed.events.values()) this.#checkEvent(event);
    const violated = (violation: string) => this.#violated(violation);
    const invariants = new FinalInvariants(this.observed, ledger, {
      rejectedEvents: this.#rejectedEvents,
      isStrict: this.#isStrict,
      violated,
    });
    return { duplicates: invariants.check(isDown) };
  }
}
