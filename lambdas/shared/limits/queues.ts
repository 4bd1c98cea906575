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
  /** Seconds a received message stays hidden. Source: AWS recommends at least 6 times the function timeout. */
  visibilitySeconds: 360,
  /** Receives of a message before it moves to the dead-letter queue. Ours. */
  maxReceives: 5,
  /** Events in one queue message. Ours: bounds what one redelivery repeats. */
  messageEvents: 25,
  /** Bytes of one queue message, unless it holds one larger event. SQS bills each started 64 KiB as a request. */
  messageBytes: 64 * KIB,
  /** Bytes of one SendMessageBatch call, all bodies together. Source: SQS, 1 MiB; the rest is left for attributes. */
  sendBytes: 1000 * KIB,
  /** Messages in one SendMessageBatch call. Source: SQS. */
  sendMessages: 10,
  /** Seconds a message can be delayed, at most. Source: SQS. */
  queueDelaySeconds: 900,
  /** Milliseconds of the shortest wait that uses EventBridge Scheduler; shorter waits are SQS delays. Ours. */
  schedulerFromMs: 10_000,
} as const;
