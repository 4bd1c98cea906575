/** Retry schedules, failing endpoints and their backlogs. */
export const RETRY_LIMITS = {
  /** Waits in a stage's default retry schedule, at least. An endpoint's own schedule may have fewer, or none. Ours. */
  scheduleWaitsMin: 5,
  /** Waits between the probes of a failing endpoint before it is suspended, at least, however short its retry schedule is. Ours: some rejected events must not suspend an endpoint that accepts others. */
  probeWaitsMin: 5,
  /** Milliseconds between the probes of a failing endpoint whose retry schedule has no waits. Ours: the first wait of `standard`. */
  probeWaitMs: 30_000,
  /** Waits in one retry schedule, at most. Ours. */
  scheduleWaitsMax: 100,
  /** Milliseconds of one wait in a retry schedule, at least. Ours. */
  scheduleWaitMsMin: 1_000,
  /** Milliseconds of one wait in a retry schedule, at most. Ours: a day. */
  scheduleWaitMsMax: 86_400_000,
  /** Milliseconds to which a receiver's Retry-After can extend a wait. Ours: a day. */
  retryAfterMsMax: 86_400_000,

  /** Failures in a row that make an endpoint `failing`: then its backlog is probed instead of delivered. Ours. */
  failingAfterFailures: 5,
  /** Pending deliveries that one probe of a failing endpoint sends. Ours: one rejected event alone cannot keep the endpoint failing. */
  probesAtOnce: 2,
  /** Milliseconds between two early probes of a failing endpoint, if its next scheduled probe is further away. Ours. */
  earlyProbeMs: 300_000,
  /** Deliveries per second from one endpoint's backlog by default. Ours. */
  releaseRate: 25,
  /** Deliveries per second from one endpoint's backlog: the highest `releaseRate`. Ours: what one function can send and record. */
  releaseRateMax: 500,
  /** Milliseconds of the release rate that can be caught up after a pause in sending. Ours: a short burst only. */
  releaseCatchUpMs: 100,
  /** Seconds that a pause or a suspension can take to have an effect: how long a function uses an endpoint's state that it has read. Ours. */
  stateCacheSeconds: 5,
  /** Seconds after which dispatch reads an account's endpoints again, even if their revision is unchanged. Ours. */
  endpointsCacheSeconds: 60,
  /** Seconds for which events join the backlog of a suspended endpoint; later events are logged, but not sent to it. Ours: three days. */
  suspendedQueueSeconds: 259_200,
  /** Seconds between two checks of a backlog for expired deliveries. Ours: a day. */
  expiryCheckEverySeconds: 86_400,
  /** Status events that one endpoint publishes within an hour; one summary counts further changes. Ours. */
  statusEventsPerHour: 6,
  /** Seconds before pending deliveries expire at which `rappel.endpoint.expiring` is published. Ours: three days. */
  expiryNoticeSeconds: 259_200,
  /** Deliveries counted in `rappel.endpoint.expiring`; more are reported as "or more". Ours. */
  expiringCountMax: 10_000,
  /** Seconds after a change of an endpoint's status at which another function publishes its event if the first one has not. Ours: a Scheduler call, a queue call and a write, with their retries. */
  publishWithinSeconds: 10,
  /** Seconds past its time after which the sweeper sends a wake-up again. Ours. */
  overdueSeconds: 120,
  /** Overdue wake-ups that one run of the sweeper sends again, the oldest first. Ours: some seconds of sending. */
  overdueMax: 5_000,
} as const;
