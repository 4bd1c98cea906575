/** Mailjet's interface to register URLs. */
export const MAILJET_LIMITS = {
  /** Rows in one list of callbacks, at most. Source: Mailjet. */
  callbackRowsMax: 1_000,
  /** Rows in one list of callbacks by default. Source: Mailjet. */
  callbackRows: 10,
  /** Seconds in which a deleted callback that is registered again keeps its pending deliveries. Ours: scripts delete and register in one run. */
  reregisterSeconds: 60,
  /** Seconds that an endpoint without callbacks is kept, even if its backlog is empty. Ours: twice a function's 60 s, so that dispatch has stopped adding to it. */
  drainedEndpointSeconds: 120,
} as const;
