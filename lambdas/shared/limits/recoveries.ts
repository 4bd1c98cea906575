/** Recoveries: sending again what was missed. */
export const RECOVERY_LIMITS = {
  /** Recoveries of one account that run at the same time. Ours. */
  recoveriesRunning: 5,
  /** Recoveries of one account that run or wait for young events. Ours. */
  recoveriesUnfinished: 100,
  /** Hours before now at which a recovery begins by default. Ours: a day. */
  recoveryHours: 24,
  /** Deliveries counted in the estimate of a recovery; more are shown as "at least". Ours: the request answers in seconds. */
  estimateDeliveries: 5_000,
  /** Events read for the estimate of a recovery. Ours: the request answers in seconds. */
  estimateEvents: 20_000,
  /** Deliveries that a recovery handles in one step; a single event with more endpoints is one step. Ours: a step takes about a second. */
  recoveryPage: 250,
  /** Seconds of an endpoint's rate that a recovery adds to its backlog in advance. Ours: the rest can still be cancelled, and new events that fail do not wait behind it. */
  recoveryAheadSeconds: 30,
  /** Deliveries that a recovery adds to a backlog in advance, at most. Ours: counting them stays cheap. */
  recoveryAheadMax: 5_000,
  /** Seconds after which a recovery looks again whether a full backlog has room. Ours. */
  recoveryPollSeconds: 5,
} as const;
