import type { LoggedEvent } from "../delivery/model/delivery.ts";
import type { Event } from "../events/model/event.ts";
import type { Claim, EventIdClaim } from "../events/model/idempotency.ts";
import type { Page } from "./page.ts";

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
  claimEventId(event: EventIdClaim, now: number, since?: number): Promise<EventIdClaim | undefined>;
  /** Forgets which ids were given to events of the producer's own ids. */
  forgetEventIds(account: string, eventIds: readonly string[]): Promise<void>;
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
export interface EventMessage {
  readonly account: string;
  readonly events: readonly Event[];
  /** They may have been queued before, under the same ids. */
  readonly isAgain?: boolean;
  readonly resend?: Resend;
}

export interface EventQueue {
  /**
   * Queues them all, in messages of one account each.
   * @param isAgain whether they may have been queued before: dispatch then looks into the log first
   * @param delayMs after which they come out, at most 15 minutes
   * @throws {RappelError} `QUEUE_UNAVAILABLE` when not every event is queued; some of them may be
   */
  send(events: readonly Event[], isAgain?: boolean, delayMs?: number): Promise<void>;
  /** Queues a wish. @throws {RappelError} `QUEUE_UNAVAILABLE` */
  resend(wish: Resend): Promise<void>;
}
