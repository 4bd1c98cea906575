/** The event log. */
export const EVENT_LIMITS = {
  /** Days an event is kept by default. Ours. */
  retentionDays: 30,
  /** Days an event is kept, at most. Ours: a year. */
  retentionDaysMax: 365,
  /** Seconds after an event's acceptance in which it may not be in the log yet. Ours. */
  notYetLoggedSeconds: 900,
  /** Milliseconds that the clocks of two machines may differ: an id from further in the future is unknown. Ours. */
  clockSkewMs: 60_000,
  /** Times that Rappel may have delivered an event before it is accepted again. Ours: enough to relay events between accounts, too few for a loop. */
  hopsMax: 2,
} as const;
