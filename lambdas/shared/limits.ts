/**
 * Every limit in one place, each with its unit and its source. "ours" marks a choice; the rest is somebody else's law.
 * The README's limits table is written from this file (`npm run docs`).
 */
const KIB = 1024;

export const LIMITS = {
  /** Bytes of one payload. Ours: what a receiver can be asked to read at once. */
  payloadBytes: 256 * KIB,
  /** Bytes of one request. Ours, well under API Gateway's 10 MB. */
  requestBytes: 1024 * KIB,
  /** Events in one request. Ours. */
  requestEvents: 500,
  /** Nesting of a JSON document. Ours: PHP's json_decode stops at 512, and the `standard` format adds one. */
  jsonDepth: 500,

  /** Events in one queue message. Ours: bounds what one redelivery repeats. */
  messageEvents: 25,
  /** Bytes of one queue message, one larger event excepted. SQS bills each started 64 KiB as a request. */
  messageBytes: 64 * KIB,
  /** Bytes of one SendMessageBatch call, bodies together. SQS: 1 MiB; the rest is left for attributes. */
  sendBytes: 1000 * KIB,
  /** Messages in one SendMessageBatch call. SQS. */
  sendMessages: 10,

  /** Endpoints of one account. Ours: one event's fan-out fits one invocation. */
  endpointsPerAccount: 50,
  /** Characters of an endpoint's url. Ours. */
  urlChars: 2048,
  /** Entries in an endpoint's `eventTypes`. Ours. */
  eventTypesPerEndpoint: 50,
  /** Secrets that sign for one endpoint at a time. Ours: each adds a signature to every POST. */
  secretsPerEndpoint: 5,
  /** Hours that a rotated secret signs beside the new one, at most. Ours: a week. */
  overlapHoursMax: 168,
  /** Headers of an endpoint's own. Ours. */
  headersPerEndpoint: 20,
  /** Characters of one header's value. Ours: common servers refuse 8 KiB of headers in all. */
  headerValueChars: 1024,
  /** Metadata entries of an endpoint. Ours. */
  metadataEntries: 20,
  /** Characters of one metadata value. Ours. */
  metadataValueChars: 500,
  /** Characters of an endpoint's description. Ours. */
  descriptionChars: 500,
  /** Events in one POST of an endpoint that groups them, at most. Ours: their ids fit a header of 8 KB. */
  groupEventsMax: 200,
  /** The same, where the endpoint does not say. Ours. */
  groupEvents: 100,
  /** Bytes of payloads in one such POST, at least: one payload of any size goes alone. Ours. */
  groupBytesMin: 1_024,
  /** The same, at most. Ours. */
  groupBytesMax: 1024 * KIB,
  /** The same, where the endpoint does not say. Ours. */
  groupBytes: 256 * KIB,
  /** The same for XML, whatever the endpoint says. Ours: many small values grow manifold, and keep a core busy. */
  groupBytesXml: 64 * KIB,
  /** Milliseconds for which events are gathered, at least: wake-ups come at whole seconds. */
  groupWindowMsMin: 1_000,
  /** The same, at most. Ours. */
  groupWindowMsMax: 60_000,
  /** The same, where the endpoint does not say. Mailjet's "events of about one second". */
  groupWindowMs: 1_000,
  /** Endpoints in whose stead one can be the backup. Ours: as many as Mailjet has event types, and some. */
  backupOfMax: 20,

  /** Waits in one retry schedule, at least. Ours. */
  scheduleWaitsMin: 5,
  /** Waits in one retry schedule, at most. Ours. */
  scheduleWaitsMax: 100,
  /** Milliseconds of one wait, at least. Ours. */
  scheduleWaitMsMin: 1_000,
  /** Milliseconds of one wait, at most. Ours: a day. */
  scheduleWaitMsMax: 86_400_000,

  /** Milliseconds one attempt may last, from DNS to the last byte, at least. Ours. */
  timeoutMsMin: 1_000,
  /** The same, at most. Standard Webhooks asks for 15 to 30 s. */
  timeoutMsMax: 30_000,
  /** The same, where an endpoint does not say. */
  timeoutMsDefault: 15_000,
  /** Bytes of an answer's body that are read. Ours. */
  responseReadBytes: 16 * KIB,
  /** Bytes of an answer's body that are kept. Ours. */
  responseKeptBytes: KIB,
  /** Bytes of an answer's header section. Node's own default; more is a protocol failure. */
  responseHeaderBytes: 16 * KIB,
  /** Attempts kept with a delivery, the newest. Ours. */
  attemptsKept: 25,

  /** POSTs in flight in one function at a time, for one endpoint. Ours. */
  inFlightPerEndpoint: 25,
  /** POSTs in flight in one function at a time, in all. Ours. */
  inFlight: 64,
  /** POSTs in flight in a round that releases a backlog at a higher rate than 25 a second. Ours. */
  inFlightReleasing: 100,
  /** Deliveries a second that a round releases from one endpoint's backlog, where the endpoint does not say. Ours. */
  releaseRate: 25,
  /** The same, at most. Ours: what one function can POST and settle. */
  releaseRateMax: 500,
  /** An endpoint's own `rateLimit`, attempts a second, at most. Ours. */
  rateLimitMax: 500,
  /** Failures in a row after which an endpoint counts as failing: its backlog is probed, no longer released. Ours. */
  failingAfterFailures: 5,
  /** Milliseconds that a receiver's Retry-After can lengthen a wait by, at most. Ours: a day. */
  retryAfterMsMax: 86_400_000,
  /** Milliseconds of a function's time that are kept free behind its last POST, to record results. Ours. */
  recordingMs: 5_000,
  /** Seconds between two looks at what expires of a backlog. Ours: a day. */
  expiryCheckEverySeconds: 86_400,
  /** Seconds before its end at which what is pending is announced. Ours: three days. */
  expiryNoticeSeconds: 259_200,
  /** Seconds during which events join the backlog of a suspended endpoint; later ones are only logged. Ours: three days. */
  suspendedQueueSeconds: 259_200,
  /** Milliseconds between fresh looks at a failing URL whose next probe is farther away than that. Ours. */
  earlyProbeMs: 300_000,
  /** Seconds past its time after which a promised wake-up is sent again by the sweeper. Ours. */
  overdueSeconds: 120,
  /** Seconds one invocation of a function may last. Ours. */
  functionSeconds: 60,
  /** Seconds a received message stays hidden: at least 6 x the function timeout. AWS's advice for event sources. */
  visibilitySeconds: 360,
  /** Receives of a message before it moves to the dead-letter queue. Ours. */
  maxReceives: 5,

  /** Seconds an Idempotency-Key, and a producer's eventId, are remembered. Ours: a day. */
  idempotencySeconds: 86_400,
  /** Seconds a request may take at most: API Gateway's integration timeout. A claim older than that was left by a crash. */
  requestSeconds: 30,
  /** Seconds a key, once read, is trusted. Ours. */
  keyCacheSeconds: 30,
  /** Seconds an endpoint's state, once read, is trusted by dispatch. Ours. */
  stateCacheSeconds: 5,
  /** Seconds after which dispatch reads an account's endpoints again though its revision did not move. Ours. */
  endpointsCacheSeconds: 60,
  /** Seconds between two notes of an endpoint's last success. Ours: a success on a healthy URL costs no write. */
  lastSuccessEverySeconds: 300,
  /** Test POSTs per account and minute. Ours. */
  testsPerMinute: 30,
  /** Items of one list page, at most. Ours. */
  pageMax: 100,
  /** Items of one list page, where the request does not say. Ours. */
  pageDefault: 25,
  /** Types of events that five minutes' counters know by name. Ours: so their item stays under 1 KB, which is one write unit. */
  statsTypes: 30,
  /** Domains of e-mails that they know by name. Ours: the 20 busiest are among the 50 that are seen most. */
  statsDomains: 50,
  /** Intervals in one answer of counters, at most. Ours. */
  statsIntervals: 500,
  /** Days that one answer of counters may span. Ours: 8,928 windows are read for it. */
  statsDays: 31,
  /** Days an event is kept, where its account does not say. Ours. */
  retentionDays: 30,
  /** The same, at most. Ours: a year. */
  retentionDaysMax: 365,
  /** Days a deleted account is remembered, so that what is still in a queue is not taken for a new one's. SQS keeps 14. */
  deletedAccountDays: 15,
  /** Seconds from an account's deletion to its erasing: accept trusts what it has read for 30, a function runs for 60. */
  eraseAfterSeconds: 120,
  /** Endpoints that an account's limit may be set to, at most. Ours. */
  endpointsPerAccountMax: 500,
  /** Events a second that an account's limit may be set to, at most. Ours. */
  eventsPerSecondMax: 10_000,
  /** Characters of an account's or a key's name. Ours. */
  nameChars: 200,
  /** Keys of one account with the same scopes, at most. Ours: one in use, one to change to. */
  keysPerScopes: 2,
  /** Seconds between two notes of a key's last use. Ours: an hour. */
  keyUsedEverySeconds: 3_600,
  /** Seconds an account, once read, is trusted by accept. Ours. */
  accountCacheSeconds: 30,
  /** Seconds after its acceptance during which an unknown event may still be on its way to the log. Ours. */
  notYetLoggedSeconds: 900,

  /** Milliseconds of the shortest wait that is given to the Scheduler; shorter ones are SQS delays. Ours. */
  schedulerFromMs: 10_000,
  /** Seconds a message can be delayed, at most. SQS. */
  queueDelaySeconds: 900,
} as const;
