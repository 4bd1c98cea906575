const KIB = 1024;

/** One attempt, its response, and how many run at the same time. */
export const DELIVERY_LIMITS = {
  /** Milliseconds one attempt may take, from DNS to the response headers: the lowest `timeoutMs`. Ours. */
  timeoutMsMin: 1_000,
  /** Milliseconds one attempt may take: the highest `timeoutMs`. Source: Standard Webhooks recommends 15 to 30 s. */
  timeoutMsMax: 30_000,
  /** Milliseconds one attempt may take by default. Source: Standard Webhooks recommends 15 to 30 s. */
  timeoutMsDefault: 15_000,
  /** Milliseconds one DNS query may take. Ours. */
  dnsTryMs: 2_000,
  /** DNS queries for one name before the attempt fails as `dns_failed`. Ours. */
  dnsTries: 2,
  /** Milliseconds to connect to one address of a name before the next address is tried too. Ours: Node's 250 ms is too short for distant receivers. */
  addressTryMs: 2_500,
  /** Milliseconds that an idle connection to a receiver stays open. Ours: under the 5 s after which Node's own server closes it. */
  idleConnectionMs: 3_000,
  /** Bytes of a response's body that are read. Ours: enough to reuse the connection after a short response. */
  responseReadBytes: 16 * KIB,
  /** Bytes of a response's body that are kept with the attempt. Ours. */
  responseKeptBytes: KIB,
  /** Bytes of a response's header section. Source: Node's default; more is a protocol failure. */
  responseHeaderBytes: 16 * KIB,
  /** Bytes that a receiver can send before its final status line and headers are complete. Ours: the header section twice. */
  responsePreambleBytes: 32 * KIB,
  /** Informational responses (1xx) before the final one. Ours: `100 Continue` and `103 Early Hints` are one each. */
  informationalResponses: 10,
  /** Lines (CRLF) of a response's body that are parsed. Ours: a body of chunks of one byte takes Node as long as one of many megabytes. */
  responseBodyLines: 1_000,
  /** Milliseconds for reading a response's body after its headers; then the connection is closed. Ours: the status alone decides the outcome; the body is only for the log. */
  responseBodyMs: 1_000,
  /** Characters of each response header that is kept with the attempt. Ours: a full page of deliveries stays under Lambda's 6 MB. */
  keptHeaderChars: 128,
  /** Attempts kept with a delivery: the first and the newest ones. Ours. */
  attemptsKept: 25,

  /** POSTs in flight to one endpoint in one function. Ours. */
  inFlightPerEndpoint: 25,
  /** POSTs in flight in one dispatch, shared equally between the accounts of its batch. Ours: 32 MiB of the largest payloads. */
  inFlight: 128,
  /** POSTs in flight of one account in one dispatch. Ours. */
  inFlightPerAccount: 64,
  /** POSTs in flight in a retry round that delivers a backlog at more than 25 per second. Ours. */
  inFlightReleasing: 100,
  /** Attempts per second to one endpoint: the highest `rateLimit`. Ours. */
  rateLimitMax: 500,
  /** Milliseconds a first attempt waits for a free slot of its endpoint's `rateLimit`; then the delivery joins the backlog. Ours. */
  firstAttemptSlotMs: 1_000,
  /** Milliseconds ahead that a retry takes a slot of its endpoint's `rateLimit`. Ours: longer than a first attempt, so that new events cannot starve the backlog. */
  retrySlotMs: 5_000,
} as const;
