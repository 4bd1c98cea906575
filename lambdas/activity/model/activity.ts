/** What a user can change, a closed list. */
export const ACTIVITY_ACTIONS = [
  "endpoint.created",
  "endpoint.changed",
  "endpoint.deleted",
  "endpoint.paused",
  "endpoint.resumed",
  "endpoint.secret_rotated",
  "callback.created",
  "callback.changed",
  "callback.deleted",
  "recovery.created",
  "recovery.cancelled",
  "key.created",
  "key.deleted",
  "portal_link.created",
  "portal_link.revoked",
  "account.created",
  "account.changed",
  "account.deleted",
] as const;
export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number];

/** One change: who made it, what it was, and when. Never a value, which could be private. */
export interface Activity {
  /** `act_`: it sorts by time. */
  readonly id: string;
  readonly account: string;
  readonly at: number;
  readonly action: ActivityAction;
  /** The key that made the change. Absent: the command line. */
  readonly keyId?: string;
  /** The session in which it was made. Absent: the key itself made it. */
  readonly sessionId?: string;
  readonly isOperator: boolean;
  readonly endpoint?: string;
  /** What else was changed: the id of a key or a link, a callback's ID, an account. */
  readonly subject?: string;
  /** The names of the fields that the request had. */
  readonly fields?: readonly string[];
}
