const KIB = 1024;

/** What one HTTP request may hold and how long it may take. */
export const REQUEST_LIMITS = {
  /** Bytes of one request's body. Ours: well under API Gateway's 10 MB. */
  requestBytes: 1024 * KIB,
  /** Events in one request. Ours. */
  requestEvents: 500,
  /** Bytes of one event's payload. Ours: what a receiver can be expected to read at once. */
  payloadBytes: 256 * KIB,
  /** Bytes of any other field of an event, as JSON. Ours: a longer value cannot be valid. */
  fieldBytes: 2_000,
  /** Levels of nesting in a JSON document. Ours: PHP's json_decode stops at 512, and the `standard` format adds one. */
  jsonDepth: 500,
  /** Seconds until a request times out. Source: API Gateway's integration timeout. An older open Idempotency-Key was left by a crash. */
  requestSeconds: 30,
  /** Seconds an Idempotency-Key or a producer's eventId is remembered. Ours: a day. */
  idempotencySeconds: 86_400,
  /** Items on one page of a list, at most. Ours. */
  pageMax: 100,
  /** Characters of `search` in lists. Ours. */
  searchChars: 200,
  /** Bytes of a part of `GET /v1/export`, at least one event. Ours: a Lambda function's response has at most 6 MB, in base64. */
  exportPartBytes: 3_145_728,
  /** Items on one page of a list by default. Ours. */
  pageDefault: 25,
  /** Endpoints in a page of a list with `include=pending`. Ours: each costs 8 queries, few more with a long backlog. */
  pendingPage: 25,
  /** Field errors listed in one response. Ours: a request of 1 MB must not cause a response of 8 MB. */
  fieldErrors: 20,
  /** Characters of a value or a name quoted in a field error. Ours. */
  fieldErrorChars: 100,
  /** Deliveries counted behind a pending one in an explanation; more are shown as "or more". Ours: an exact count costs more reads than it is worth. */
  behindMax: 1_000,
  /** Pending deliveries of one event for which the explanation counts what is behind them. Ours: each count takes eight queries. */
  behindDeliveries: 5,
} as const;
