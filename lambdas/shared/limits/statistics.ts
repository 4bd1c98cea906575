/** Statistics and the failure rate of e-mails. */
export const STATISTICS_LIMITS = {
  /** Seconds of one window of the counters. Ours: five minutes, 288 items a day. */
  statsWindowSeconds: 300,
  /** Items that the counters of one window are spread over, at most; an account starts with one. Ours: enough for some 5,000 updates a second. */
  statsShards: 16,
  /** Write units per second of one such item from which on there are twice as many. Ours: a third of what DynamoDB takes for one partition key. */
  statsShardUnits: 350,
  /** Event types counted by name in one window; the others are counted together. Ours: the item stays under 1 KB, one write unit. */
  statsTypes: 30,
  /** Endpoints counted by name in one window, the busiest ones; the others are counted together. Ours: about 120 bytes each. */
  statsEndpoints: 20,
  /** Accounts in one page of `GET /v1/stats?by=account`. Ours: it reads the windows of each. */
  statsAccounts: 25,
  /** E-mail domains counted by name in one window; the others are counted together. Ours: the 20 busiest are among the 50 most frequent. */
  statsDomains: 50,
  /** Intervals in one response of `GET /v1/stats`. Ours. */
  statsIntervals: 500,
  /** Days in one response of `GET /v1/stats`. Ours: it reads 8,928 windows. */
  statsDays: 31,
  /** Domains whose failure rate is watched per account, the busiest ones. Ours. */
  failureRateDomains: 20,
  /** Milliseconds until the next check of a failure rate in the same function, for each item that a check has read beyond the first. Ours: at most 50 reads a second. */
  failureRateReadMs: 20,
  /** Days that the alert state of a failure rate is kept. Ours: each write renews it. */
  alertKeptDays: 7,
  /** Bounces in one page of the log that `GET /v1/bounces` reads. Ours. */
  bouncePageEvents: 250,
  /** Pages of the log that one response of `GET /v1/bounces` reads. Ours: each reads up to 8,000 events, and API Gateway waits for 30 s. */
  bouncePages: 20,
  /** Characters of a bounce's reason. Ours. */
  bounceReasonChars: 500,
} as const;
