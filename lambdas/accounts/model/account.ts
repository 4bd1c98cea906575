import { LIMITS } from "../../shared/limits.ts";

/** An account's name, chosen by the operator. */
export const ACCOUNT = /^[A-Za-z0-9_-]{1,64}$/;

interface AccountLimits {
  /** Endpoints, at most: 1-500. */
  readonly endpoints: number;
  /** Events per second that are accepted, 1-10,000. Absent: the deployment's default. */
  readonly eventsPerSecond?: number;
}

/** The settings of an account that an operator can set. */
export interface AccountConfig {
  /** A display name. */
  readonly name: string;
  /** Days that events are kept, 1-365. Changes apply to events dispatched afterwards. */
  readonly retentionDays: number;
  readonly limits: AccountLimits;
}

/** The progress of a deletion: first the backlogs are cancelled, then all data is erased. */
export interface Deletion {
  readonly requestedAt: number;
  readonly phase: "cancelling" | "erasing" | "done";
  /** Ids of endpoints whose backlog must still be cancelled. */
  readonly endpoints: readonly string[];
  readonly eventsErased: number;
}

/** One customer of the operator: owns endpoints, events and keys. Nothing is shared between accounts. */
export interface Account extends AccountConfig {
  readonly id: string;
  /** Incremented by every change of its endpoints. */
  readonly revision: number;
  /**
   * When its first key or endpoint was created, or it was created by a PUT. Absent: none of these has happened, and it
   * has the defaults.
   */
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly deletion?: Deletion;
  /** Events accepted before belonged to a deleted account of the same id, and are not dispatched. */
  readonly eventsSince?: number;
}

export const ACCOUNT_DEFAULTS: AccountConfig = {
  name: "",
  retentionDays: LIMITS.retentionDays,
  limits: { endpoints: LIMITS.endpointsPerAccount },
};

/** An account that was not set up: its events are accepted too. */
export function newAccount(id: string): Account {
  return { ...ACCOUNT_DEFAULTS, id, revision: 0 };
}

/**
 * From the request of a deletion to the first event that a new account of the same name can have. All events of the old
 * account are older. Those of the new one are younger, because the deletion takes longer (`eraseAfterSeconds`).
 */
export const EVENTS_AFTER_MS = LIMITS.eventsAfterDeletionSeconds * 1_000;

/** Whether an event of the account is dispatched: not if the account was deleted after the event was accepted. */
export function isDispatched({ deletion, eventsSince = 0 }: Account, acceptedAt: number): boolean {
  return deletion === undefined && acceptedAt >= eventsSince;
}
