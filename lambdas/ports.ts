import type { Account, AccountConfig, Deletion } from "./core/account.ts";
import type { Attempt } from "./core/attempt.ts";
import type { EndedDelivery, LoggedEvent, PendingDelivery } from "./core/delivery.ts";
import type { Endpoint, EndpointState } from "./core/endpoint.ts";
import type { Event } from "./core/event.ts";
import type { FailedAttempt } from "./core/failed-attempt.ts";
import type { Claim, NamedEvent } from "./core/idempotency.ts";
import type { Key } from "./core/key.ts";
import type { Condition, StateChange } from "./core/state-change.ts";
import type { Webhook } from "./core/webhook.ts";

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

export interface Keys {
  find(id: string): Promise<Key | undefined>;
  add(key: Key): Promise<void>;
  /** An account's, or the operator's, oldest first. */
  list(account: string | undefined): Promise<Key[]>;
  /** Removes a key, whether or not it is there. */
  remove(key: Pick<Key, "id" | "account">): Promise<void>;
  /** Removes all of an account's. */
  removeAll(account: string): Promise<void>;
  /** Notes when a key was used last. */
  noteUsed(id: string, at: number): Promise<void>;
}

export interface Accounts {
  /** Strongly consistent: whoever was told of a change of its endpoints sees its revision moved. */
  find(id: string): Promise<Account>;
  /** The same for many, by id. */
  read(ids: readonly string[]): Promise<Map<string, Account>>;
  /** Has it listed from now on, where it was not. */
  register(id: string, at: number): Promise<void>;
  /** Sets what an operator says of it, and makes it where it is not. @returns whether it could: not while it is being deleted */
  put(id: string, config: AccountConfig, at: number): Promise<boolean>;
  /** In the order of their ids, from behind `after` on. */
  list(query: { after?: string; limit: number }): Promise<Page<Account>>;
  /** Has it deleted in the background, unless it is already. */
  beginDeletion(id: string, at: number): Promise<void>;
  /**
   * Writes down how far its deletion has come, unless that is done; with `done` it is listed no longer.
   * @returns whether it was that deletion, and not done
   */
  noteDeletion(id: string, deletion: Deletion): Promise<boolean>;
  /** All that are being deleted, and some whose deletion is over. */
  deleting(): Promise<{ readonly id: string; readonly requestedAt: number }[]>;
  /** Strikes a deletion that is over from those that are under way, if it is that one. */
  strikeDeletion(id: string, requestedAt: number): Promise<void>;
}

export interface Endpoints {
  /** All of the account's, oldest first. Strongly consistent. */
  list(account: string): Promise<Endpoint[]>;
  find(account: string, id: string): Promise<Endpoint | undefined>;
  /** Adds endpoint and state, then moves the revision. */
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
  /** Claims a request; answers with the claim that stands already, and then changes nothing. */
  claim(claim: Claim): Promise<Claim | undefined>;
  /** Takes up a claim that was left open. @returns whether it was still as it was seen */
  takeUp(seen: Claim, now: number): Promise<boolean>;
  complete(claim: Claim): Promise<void>;
  /** Gives an event of the producer's own id its id; answers with what that was given before, and then changes nothing. */
  nameEvent(event: NamedEvent, now: number): Promise<NamedEvent | undefined>;
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
   * @throws {RappelError} `QUEUE_UNAVAILABLE` when not every event is queued; some of them may be
   */
  send(events: readonly Event[], isAgain?: boolean): Promise<void>;
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
   * @returns its time, epoch ms, now or later; `undefined` where none is left within `horizonMs`
   */
  slot(endpoint: string, perSecond: number, now: number, horizonMs: number): Promise<number | undefined>;
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
  /** A round broke off; its wake-up will come again. */
  roundFailed(endpoint: string, error: unknown): void;
  /** So many overdue promises had their wake-ups sent again. */
  swept(count: number): void;
  /** The Scheduler did not take a wake-up, which is a queue's delay instead. */
  scheduleRefused(endpoint: string, error: unknown): void;
}
