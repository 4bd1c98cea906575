const KIB = 1024;

/** How an endpoint may be configured. */
export const ENDPOINT_LIMITS = {
  /** Characters of an endpoint's url. Ours. */
  urlChars: 2048,
  /** Entries in an endpoint's `eventTypes`. Ours. */
  eventTypesPerEndpoint: 50,
  /** Custom headers of an endpoint. Ours. */
  headersPerEndpoint: 20,
  /** Characters of one custom header's value. Ours: common servers refuse more than 8 KiB of headers in total. */
  headerValueChars: 1024,
  /** Metadata entries of an endpoint. Ours. */
  metadataEntries: 20,
  /** Characters of one metadata value. Ours. */
  metadataValueChars: 500,
  /** Characters of an endpoint's description. Ours. */
  descriptionChars: 500,
  /** Endpoints that one backup can back up. Ours: more than Mailjet has event types. */
  backupOfMax: 20,
  /** Secrets that sign for one endpoint at the same time. Ours: each one adds a signature to every POST. */
  secretsPerEndpoint: 5,
  /** Hours that a rotated secret still signs, by default. Ours: a day. */
  overlapHours: 24,
  /** Hours that a rotated secret still signs, at most. Ours: a week. */
  overlapHoursMax: 168,
  /** Test POSTs per account and minute. Ours. */
  testsPerMinute: 30,
  /** Milliseconds a test POST may take. Ours: it has to end before API Gateway's 30 s. */
  testTimeoutMs: 25_000,
  /** Seconds between two updates of `lastSuccessAt`. Ours: a success on a healthy URL costs no write. */
  lastSuccessEverySeconds: 300,

  /** Events in one grouped POST, at most. Ours: their ids fit in a header of 8 KB. */
  groupEventsMax: 200,
  /** Events in one grouped POST by default. Ours. */
  groupEvents: 100,
  /** Bytes of payloads in one grouped POST: the lowest `maxBytes`. A larger payload is sent alone. Ours. */
  groupBytesMin: 1_024,
  /** Bytes of payloads in one grouped POST: the highest `maxBytes`. Ours. */
  groupBytesMax: 1024 * KIB,
  /** Bytes of payloads in one grouped POST by default. Ours. */
  groupBytes: 256 * KIB,
  /** Bytes of payloads in one grouped POST in XML, whatever `maxBytes` is. Ours: XML of many small values is several times as large and slow to write. */
  groupBytesXml: 64 * KIB,
  /** Milliseconds that events are collected for one grouped POST, at least. Ours: wake-ups have whole seconds. */
  groupWindowMsMin: 1_000,
  /** Milliseconds that events are collected for one grouped POST, at most. Ours. */
  groupWindowMsMax: 60_000,
  /** Milliseconds that events are collected for one grouped POST by default. Source: Mailjet's "events of about one second". */
  groupWindowMs: 1_000,
} as const;
