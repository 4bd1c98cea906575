import { REQUEST_LIMITS } from "./requests.ts";

const ACCOUNT_CACHE_SECONDS = 30;

/** Accounts and their keys. */
export const ACCOUNT_LIMITS = {
  /** Characters of an account's or a key's name. Ours. */
  nameChars: 200,
  /** Endpoints of one account by default. Ours: one event's fan-out fits one invocation. */
  endpointsPerAccount: 50,
  /** Endpoints of one account, at most. Ours. */
  endpointsPerAccountMax: 500,
  /** Events per second accepted from one account, at most, if it has a rate limit. Ours. */
  eventsPerSecondMax: 10_000,
  /** Seconds the accept function uses an account it has read. Changes and deletions take effect within them. Ours. */
  accountCacheSeconds: ACCOUNT_CACHE_SECONDS,
  /** Keys of one account with the same scopes. Ours: one in use and one to change to. */
  keysPerScopes: 2,
  /** Characters of a key's secret shown in lists. Ours: 24 of 256 bits, enough to tell two keys apart. */
  keyPrefixChars: 4,
  /** Seconds a function uses a key it has read. A deleted key is refused within them. Ours. */
  keyCacheSeconds: 30,
  /** Seconds between two updates of a key's `lastUsedAt`. Ours: an hour. */
  keyUsedEverySeconds: 3_600,
  /** Seconds in which a link to the console can be used, by default. Ours: a person clicks at once, also after signing in elsewhere. */
  linkSeconds: 600,
  /** Seconds in which a link to the console can be used, at least. Ours. */
  linkSecondsMin: 10,
  /** Seconds in which a link to the console can be used, at most. Ours: a day, for a link that is sent by e-mail. */
  linkSecondsMax: 86_400,
  /** Characters of a link's code, at most. Ours: it has 74. */
  codeChars: 200,
  /** Seconds that a session of the console lasts by default. Ours: a working day. */
  sessionSeconds: 28_800,
  /** Seconds that a session of the console lasts, at least. Ours. */
  sessionSecondsMin: 60,
  /** Seconds that a session of the console lasts, at most. Ours: a day. */
  sessionSecondsMax: 86_400,
  /** Seconds from the deletion of an account to the erasure of its data. Ours: longer than the cache of 30 s and a function's 60 s. */
  eraseAfterSeconds: 120,
  /** Seconds from the deletion of an account to the first event that a new account of the same name can have. Ours: the cache's 30 s and a request's 30 s. */
  eventsAfterDeletionSeconds: ACCOUNT_CACHE_SECONDS + REQUEST_LIMITS.requestSeconds,
  /** Days a deleted account is remembered, so that its queued events do not go to a new account of the same name. SQS keeps messages for 14. */
  deletedAccountDays: 15,
  /** Names of fields that are kept with a change in `GET /v1/activity`. Ours: more than an endpoint has. */
  activityFields: 30,
} as const;
