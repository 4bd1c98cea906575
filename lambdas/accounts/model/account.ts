import { LIMITS } from "../../shared/limits.ts";

/** An account's name: what the operator calls a customer. */
export const ACCOUNT = /^[A-Za-z0-9_-]{1,64}$/;

export interface AccountLimits {
  /** Endpoints it may have, 1-500. */
  readonly endpoints: number;
  /** Events a second that are accepted from it, 1-10,000; absent: as many as come. */
  readonly eventsPerSecond?: number;
}

/** What an operator says of an account. */
export interface AccountConfig {
  /** For people; the account is known by its id. */
  readonly name: string;
  /** Days its events are kept, 1-365. It holds for events that are dispatched from now on. */
  readonly retentionDays: number;
  readonly limits: AccountLimits;
}

/** How far a deletion has come: first its backlogs are cancelled, then all is erased. */
export interface Deletion {
  readonly requestedAt: number;
  readonly phase: "cancelling" | "erasing" | "done";
  /** Endpoints whose backlog is to be cancelled, by id. */
  readonly endpoints: readonly string[];
  readonly eventsErased: number;
}

/** One customer of the operator: owner of endpoints, events and keys. Nothing crosses accounts. */
export interface Account extends AccountConfig {
  readonly id: string;
  /** Moves with every change of its endpoints. */
  readonly revision: number;
  /** When its first key or endpoint was made, or it was put; absent: nobody has, and it has the defaults. */
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly deletion?: Deletion;
  /** What was accepted before is not dispatched any more: it belonged to an account of this id that was deleted. */
  readonly eventsSince?: number;
}

export const ACCOUNT_DEFAULTS: AccountConfig = {
  name: "",
  retentionDays: LIMITS.retentionDays,
  limits: { endpoints: LIMITS.endpointsPerAccount },
};

/** An account that nobody has set up: events for it are taken all the same. */
export function newAccount(id: string): Account {
  return { ...ACCOUNT_DEFAULTS, id, revision: 0 };
}

/**
 * From the request of a deletion to the first moment from which events are those of a new account of that name: no event of
 * the old one is younger, and none of the new one older, for its deletion takes longer (`eraseAfterSeconds`).
 */
export const EVENTS_AFTER_MS = (LIMITS.accountCacheSeconds + LIMITS.requestSeconds) * 1_000;

/** Whether an event of it is to be dispatched: a deleted account's are not, whenever they come out of a queue. */
export function isDispatched({ deletion, eventsSince = 0 }: Account, acceptedAt: number): boolean {
  return deletion === undefined && acceptedAt >= eventsSince;
}
