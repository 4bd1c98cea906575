import type { EventResults, LoggedEvent } from "../delivery/model/delivery.ts";
import type { Event } from "../events/model/event.ts";
import type { Claim, EventIdClaim } from "../events/model/idempotency.ts";
import type { Page } from "./page.ts";

export interface LogQuery {
  /** A type, or a pattern such as `email.*`. */
  readonly type?: string;
  /** Only events of one of these types. */
  readonly types?: readonly string[];
  readonly eventId?: string;
  /** Only events that no endpoint subscribed to, and that were not resent. */
  readonly isUnmatched?: boolean;
  /** By default newest first. */
  readonly order?: "newest first" | "oldest first";
  /** Only events that were sent, or would have been sent, to this endpoint. */
  readonly endpoint?: string;
  /** Only ids below this one. */
  readonly before?: string;
  /** Only ids from this one on. */
  readonly after?: string;
  readonly limit: number;
}

export interface EventLog {
  /** Adds the event if it is absent. Otherwise it returns the existing one and changes nothing. */
  add(event: LoggedEvent): Promise<LoggedEvent | undefined>;
  /** Checks that events of an account can be added. Changes nothing. @throws if the table refuses to write */
  checkWritable(account: string): Promise<void>;
  /** Strongly consistent. Absent events, and those of other accounts, are missing from the result. */
  find(account: string, ids: readonly string[]): Promise<Map<string, LoggedEvent>>;
  list(account: string, query: LogQuery): Promise<Page<LoggedEvent>>;
  /** The first events after `after`, oldest first. Strongly consistent. Events whose retention has ended can be among them. */
  oldest(account: string, query: { after: string; limit: number }): Promise<EventResults[]>;
  /** Records that an event was resent to these endpoints. @returns whether the event exists */
  noteResent(account: string, id: string, endpoints: readonly string[]): Promise<boolean>;
  /** Some events of an account, in no order, with the places of their other items. None if there are no more. */
  traces(account: string, limit: number): Promise<EventTrace[]>;
  erase(account: string, ids: readonly string[]): Promise<void>;
}

/** The items that belong to an event, besides its log item. */
export interface EventTrace {
  readonly id: string;
  readonly eventId?: string;
  /** Endpoints whose final outcome is a separate item. */
  readonly endpoints: readonly string[];
}

/** Idempotency keys of requests and eventIds of producers. Kept for 24 hours. */
export interface Claims {
  /**
   * Claims a request. Returns the existing claim, if there is one, and then changes nothing.
   * @param since claims accepted before do not count
   */
  claim(claim: Claim, since?: number): Promise<Claim | undefined>;
  /** Takes over an open claim. @returns whether it was still as it was read */
  takeUp(seen: Claim, now: number): Promise<boolean>;
  complete(claim: Claim): Promise<void>;
  /** Allows a claim that is not done to be taken over at once. */
  release(claim: Claim): Promise<void>;
  /**
   * Claims a producer's `eventId`. Returns the existing claim, if there is one, and then changes nothing.
   * @param since claims of events accepted before do not count
   */
  claimEventId(event: EventIdClaim, now: number, since?: number): Promise<EventIdClaim | undefined>;
  /** The id of the event that a producer's `eventId` was last accepted for, while its claim is kept. */
  findEventId(account: string, eventId: string): Promise<string | undefined>;
  /** Removes claims of `eventId`s. */
  forgetEventIds(account: string, eventIds: readonly string[]): Promise<void>;
}

/** A request to send an event again. */
export interface Resend {
  readonly account: string;
  readonly eventId: string;
  /** Ids of endpoints. */
  readonly to: readonly string[];
  /** The time of the request, epoch ms. */
  readonly at: number;
}

/** A request to continue a recovery. */
export interface RecoveryStep {
  readonly account: string;
  readonly id: string;
}

/** A queue message to dispatch: events of one account, or a request to resend one, or to continue a recovery. */
export interface EventMessage {
  readonly account: string;
  readonly events: readonly Event[];
  /** They may have been queued before, with the same ids. */
  readonly isAgain?: boolean;
  readonly resend?: Resend;
  readonly recovery?: RecoveryStep;
}

export interface EventQueue {
  /**
   * Queues all events. Each message has events of one account.
   * @param isAgain whether they may have been queued before: dispatch then reads the log first
   * @param delayMs until they can be received, at most 15 minutes
   * @throws {RappelError} `QUEUE_UNAVAILABLE` if an event could not be queued; others may have been
   */
  send(events: readonly Event[], isAgain?: boolean, delayMs?: number): Promise<void>;
  /** Queues a resend request. @throws {RappelError} `QUEUE_UNAVAILABLE` */
  resend(request: Resend): Promise<void>;
  /**
   * Queues the next step of a recovery.
   * @param delayMs until it can be received, at most 15 minutes
   * @throws {RappelError} `QUEUE_UNAVAILABLE`
   */
  recover(step: RecoveryStep, delayMs?: number): Promise<void>;
}
