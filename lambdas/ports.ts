import type { Attempt } from "./delivery/model/attempt.ts";
import type { EndedDelivery, LoggedEvent, PendingDelivery } from "./delivery/model/delivery.ts";
import type { FailedAttempt } from "./delivery/model/failed-attempt.ts";
import type { Webhook } from "./delivery/model/webhook-request.ts";
import type { Condition, StateChange } from "./endpoints/model/conditional-update.ts";
import type { Endpoint, EndpointState } from "./endpoints/model/endpoint.ts";
import type { Event } from "./events/model/event.ts";
import type { Claim, NamedEvent } from "./events/model/idempotency.ts";

export type { Accounts, Keys } from "./ports/accounts.ts";
export type { Callbacks } from "./ports/callbacks.ts";
export type { Stats } from "./ports/stats.ts";

/** The few things Rappel asks of the world. `aws/` and `net/` keep these promises in earnest, `local/memory/` for tests. */

export interface Clock {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface Dice {
  /** 0 (included) to 1 (excluded). */
  random(): number;
  /** Fit for secrets. */
  bytes(count: number): Uint8Array;
}

export interface Endpoints {
  /** All of the account's, oldest first. Strongly consistent. */
  list(account: string): Promise<Endpoint[]>;
  find(account: string, id: string): Promise<Endpoint | undefined>;
  /** Adds endpoint and state, each if it is absent, then moves the revision. */
  add(endpoint: Endpoint, state: EndpointState): Promise<void>;
  /** Replaces the endpoint if its version is still `endpoint.version - 1`, then moves the revision. */
  replace(endpoint: Endpoint): Promise<"replaced" | "changed meanwhile">;
  /** Removes the endpoint, whether or not it is there, and moves the revision. Its state stays. */
  remove(account: string, id: string): Promise<void>;
}

/** What became of a change. */
export interface Updated {
  readonly isDone: boolean;
  /** After the change, or, where a condition did not hold, as it is. */
  readonly state: EndpointState;
}

export interface States {
  /** Strongly consistent; an endpoint without a state is missing from the answer. */
  read(endpoints: readonly string[]): Promise<Map<string, EndpointState>>;
  /** Carries out a change in one conditional write; `undefined` where there is no such state. */
  update(endpoint: string, change: StateChange): Promise<Updated | undefined>;
  /** Removes a state if the conditions of `onlyIf` hold. */
  remove(endpoint: string, onlyIf: readonly Condition[]): Promise<void>;
  /** The oldest `limit` wake-ups promised for a time before `before`. From an index: what changed a moment ago may be missing. */
  overdue(before: number, limit: number): Promise<Wake[]>;
}

/** A promise that an endpoint's backlog will be looked at. */
export interface Wake {
  readonly endpoint: string;
  readonly wakeAt: number;
}

export interface Timer {
  /** Has the wake-up sent at its time, and not before; drops the one that it replaces. Setting one twice is setting it once. */
  set(wake: Wake, replaces?: number): Promise<void>;
}

/** A part of a list. It may hold fewer items than asked for, even none, while there are more. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The id behind which the next page begins; absent on the last one. Newest first, that is below it. */
  readonly next?: string;
}

export interface LogQuery {
  readonly type?: string;
  readonly eventId?: string;
  /** Only events that this endpoint wanted. */
  readonly endpoint?: string;
  /** Ids below this one. */
  readonly before?: string;
  /** Ids from this one on. */
  readonly after?: string;
  readonly limit: number;
}

export interface EventLog {
  /** Adds the event if it is absent; where it is present, answers with the one that is there and changes nothing. */
  add(event: LoggedEvent): Promise<LoggedEvent | undefined>;
  /** Strongly consistent; what is absent, or another account's, is missing from the answer. */
  find(account: string, ids: readonly string[]): Promise<Map<string, LoggedEvent>>;
  list(account: string, query: LogQuery): Promise<Page<LoggedEvent>>;
  /** Notes that an event was sent again to these endpoints. @returns whether the event is there */
  noteResent(account: string, id: string, endpoints: readonly string[]): Promise<boolean>;
  /** Some events of an account, in no order: what tells where the rest of them is. None when there are no more. */
  traces(account: string, limit: number): Promise<EventTrace[]>;
  erase(account: string, ids: readonly string[]): Promise<void>;
}

/** What else there is of an event beside its log item. */
export interface EventTrace {
  readonly id: string;
  readonly eventId?: string;
  /** Endpoints whose last word on it is an item of its own. */
  readonly endpoints: readonly string[];
}

export interface Deliveries {
  /** Adds to the endpoint's backlog unless it is there already. */
  park(delivery: PendingDelivery): Promise<void>;
  /** The same for deliveries of events that this caller has just logged: none of them can be there. */
  parkNew(deliveries: readonly PendingDelivery[]): Promise<void>;
  /**
   * Puts the last word on a delivery. The first word stays, unless the delivery was resent after it.
   * @returns the word that stands instead, where there is one
   */
  conclude(delivery: EndedDelivery): Promise<EndedDelivery | undefined>;
  /** Takes deliveries out of their backlogs, where they are there and were not resent meanwhile. */
  unpark(deliveries: readonly Pick<EndedDelivery, "endpoint" | "eventId" | "resentAt">[]): Promise<void>;
  /** The pending ones among these. Strongly consistent. */
  pending(of: readonly DeliveryKey[]): Promise<PendingDelivery[]>;
  /** The ended ones among these. Strongly consistent. */
  ended(of: readonly DeliveryKey[]): Promise<EndedDelivery[]>;
  /** Replaces a pending delivery if it is still as it was seen. */
  revise(delivery: PendingDelivery, seen: PendingDelivery): Promise<void>;
  /** One endpoint's backlog in the order of events, from behind `after` on. Strongly consistent. */
  oldest(endpoint: string, query: { after?: string; limit: number }): Promise<PendingDelivery[]>;
  /** One endpoint's backlog, newest first. */
  backlog(endpoint: string, query: { before?: string; limit: number }): Promise<Page<PendingDelivery>>;
  /** How many wait whose events' ids are above `above` and below `below`, counted up to `max`. Strongly consistent. */
  count(endpoint: string, query: { above?: string; below?: string; max: number }): Promise<number>;
  /** Erases the last words on these. */
  eraseEnded(of: readonly DeliveryKey[]): Promise<void>;
}

export interface DeliveryKey {
  readonly endpoint: string;
  readonly eventId: string;
}

/** What is to be done once, and the ids that were given. Kept for 24 hours. */
export interface Claims {
  /**
   * Claims a request; answers with the claim that stands already, and then changes nothing.
   * @param since one that was accepted before does not stand
   */
  claim(claim: Claim, since?: number): Promise<Claim | undefined>;
  /** Takes up a claim that was left open. @returns whether it was still as it was seen */
  takeUp(seen: Claim, now: number): Promise<boolean>;
  complete(claim: Claim): Promise<void>;
  /** Lets a claim that is not done be taken up at once. */
  release(claim: Claim): Promise<void>;
  /**
   * Gives an event of the producer's own id its id; answers with what that was given before, and then changes nothing.
   * @param since one that was given before does not count
   */
  nameEvent(event: NamedEvent, now: number, since?: number): Promise<NamedEvent | undefined>;
  /** Forgets which ids were given to events of the producer's own ids. */
  forgetNames(account: string, eventIds: readonly string[]): Promise<void>;
}

/** Somebody's wish that an event be sent once more. */
export interface Resend {
  readonly account: string;
  readonly eventId: string;
  /** Endpoints, by id. */
  readonly to: readonly string[];
  /** When it was wished, epoch ms. */
  readonly at: number;
}

/** What travels from accept to dispatch: one account's events, or a wish to send one of them again. */
export interface Pack {
  readonly account: string;
  readonly events: readonly Event[];
  /** They may have been queued before, under the same ids. */
  readonly isAgain?: boolean;
  readonly resend?: Resend;
}

export interface EventQueue {
  /**
   * Queues them all, in packs of one account each.
   * @param isAgain whether they may have been queued before: dispatch then looks into the log first
   * @param delayMs after which they come out, at most 15 minutes
   * @throws {RappelError} `QUEUE_UNAVAILABLE` when not every event is queued; some of them may be
   */
  send(events: readonly Event[], isAgain?: boolean, delayMs?: number): Promise<void>;
  /** Queues a wish. @throws {RappelError} `QUEUE_UNAVAILABLE` */
  resend(wish: Resend): Promise<void>;
}

export interface Courier {
  /** POSTs once. Whatever the receiver does is an answer; it never throws. */
  post(webhook: Webhook, isSuccess: (status: number) => boolean): Promise<Attempt>;
}

export interface Guard {
  /** Why nothing may be sent there, or `undefined`. A name that cannot be resolved now is not refused. */
  refusal(url: string): Promise<string | undefined>;
}

/** Spaces the attempts at an endpoint evenly, whichever function makes them. */
export interface Pacer {
  /**
   * Takes the next slot of `perSecond` evenly spaced ones.
   * @returns its time, now or later; where none is left within `horizonMs`, when there will be one to take
   */
  slot(endpoint: string, perSecond: number, now: number, horizonMs: number): Promise<Slot>;
}

/** @see Pacer */
export interface Slot {
  readonly isTaken: boolean;
  /** Epoch ms. */
  readonly at: number;
}

export interface Allowance {
  /** Takes one of `perMinute`; how long to wait in seconds where none is left. */
  take(name: string, perMinute: number, now: number): Promise<number | undefined>;
}

export interface Health {
  /** The names of what does not answer. */
  ailing(): Promise<string[]>;
}

/** What an operator reads afterwards: one line each, of allow-listed fields. */
export interface Log {
  attemptFailed(line: FailedAttempt): void;
  /** A pack could not be settled and will be received again. */
  packFailed(account: string, error: unknown): void;
  /** Some of an account's events may be missing from its counters, or from the watch over them. */
  countsLost(account: string, error: unknown): void;
  /** A round broke off; its wake-up will come again. */
  roundFailed(endpoint: string, error: unknown): void;
  /** So many overdue promises had their wake-ups sent again. */
  swept(count: number): void;
  /** The Scheduler did not take a wake-up, which is a queue's delay instead. */
  scheduleRefused(endpoint: string, error: unknown): void;
}
