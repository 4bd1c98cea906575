const KIB = 1024;

/** Functions and queues. */
export const QUEUE_LIMITS = {
  /** Seconds one invocation of a function may take. Ours. */
  functionSeconds: 60,
  /** Milliseconds of an invocation reserved after its last POST, to record results. Ours. */
  recordingMs: 5_000,
  /** Milliseconds that the lease of a retry round outlasts its function's deadline. Ours: by then the function has been stopped. */
  leaseSlackMs: 10_000,
  /** Milliseconds a background function keeps retrying the table or KMS, before its message goes back to the queue. Ours: receiving it again takes minutes. */
  storeRetryMs: 20_000,
  /** Milliseconds that calls outside the guarantee may take in one invocation: counters and failure rates together, the last use of a key, deleting a replaced schedule. Ours. */
  bestEffortMs: 1_000,
  /** Seconds a received message of events stays hidden, if its function ends without a response. Source: AWS recommends at least 6 times the function timeout. */
  visibilitySeconds: 360,
  /** Seconds a message of events stays hidden after its first failed receive. Ours: doubled with each further one, up to `visibilitySeconds`. */
  failedHiddenSeconds: 10,
  /** Receives of a message of events before it moves to the dead-letter queue: about four days of failures. Source: SQS's maximum. */
  maxReceives: 1_000,
  /** Seconds a received wake-up stays hidden: until the lease of a killed round has ended. Ours: a repeated wake-up changes nothing, so it need not be longer. */
  wakeVisibilitySeconds: 75,
  /** Receives of a wake-up before it moves to the dead-letter queue. Ours: the sweeper sends it again every minute. */
  wakeReceives: 5,
  /** Messages in the events queue from which on no dead letters are sent again. Ours: dispatch is behind, or still fails. */
  redriveQueued: 1_000,
  /** Milliseconds of one run of the sweeper in which dead letters are sent again. Ours. */
  redriveMs: 20_000,
  /** Events in one queue message. Ours: bounds what one redelivery repeats. */
  messageEvents: 25,
  /** Bytes of one queue message, unless it holds one larger event. SQS bills each started 64 KiB as a request. */
  messageBytes: 64 * KIB,
  /** Bytes of one message that the queues accept: an event of the largest payload takes up to 768 KiB. Source: SQS, 1 MiB. */
  queueMessageBytes: 1024 * KIB,
  /** Bytes of one SendMessageBatch call, all bodies together. Source: SQS, 1 MiB; the rest is left for attributes. */
  sendBytes: 1000 * KIB,
  /** Messages in one SendMessageBatch call. Source: SQS. */
  sendMessages: 10,
  /** Seconds a message can be delayed, at most. Source: SQS. */
  queueDelaySeconds: 900,
  /** Milliseconds of the shortest wait that uses EventBridge Scheduler; shorter waits are SQS delays. Ours. */
  schedulerFromMs: 10_000,
} as const;
