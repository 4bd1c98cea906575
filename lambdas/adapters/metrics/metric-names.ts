import type { Outcome } from "../../delivery/model/attempt.ts";
import type { EndedDelivery } from "../../delivery/model/delivery.ts";
import type { OperationalType } from "../../events/model/operational-types.ts";

/** Metrics that are counted per invocation. */
const COUNTS = [
  /** Accepted events, without those of repeated requests. */
  "EventsAccepted",
  /** Deliveries by status: one that joins the backlog counts as pending, and again when it ends. */
  "DeliveriesDelivered",
  "DeliveriesPending",
  "DeliveriesExhausted",
  "DeliveriesCancelled",
  /** Deliveries from a backlog. */
  "PendingDelivered",
  /** POSTs by outcome. Test events are not counted. */
  "AttemptsSucceeded",
  "AttemptsHttpStatus",
  "AttemptsTimedOut",
  "AttemptsUnreachable",
  "AttemptsTlsFailed",
  "AttemptsOther",
  /** URLs whose address is not public: at registrations, tests and attempts. */
  "GuardRefusals",
  /** Status changes of endpoints that are published. */
  "EndpointsFailing",
  "EndpointsRecovered",
  "EndpointsSuspended",
  /** Failure rates of e-mails that went over the limit. */
  "FailureRateExceeded",
  /** Messages of events that dispatch could not process; each is received again. */
  "MessagesFailed",
  /** Overdue wake-ups that were sent again. */
  "WakeUpsResent",
  /** 1 for each run of the sweeper. */
  "SweeperHeartbeat",
] as const;
export type CountName = (typeof COUNTS)[number];

/** Metrics that are measured, with their units. */
export const TIMINGS = {
  /** From an event's acceptance to the start of its first attempt. */
  AcceptToFirstAttempt: "Milliseconds",
  /** From DNS to the last byte, for attempts with a response: a timeout would only measure our own limit. */
  ReceiverLatency: "Milliseconds",
  /** From the scheduled time of a wake-up to the start of its round. */
  WakeUpLag: "Seconds",
} as const;
export type TimingName = keyof typeof TIMINGS;

/**
 * The metric of each outcome. Seventeen outcomes would be too many lines in a graph, and each metric is billed by the month.
 * The log line of a failed attempt has the exact outcome.
 */
export const ATTEMPTS: Readonly<Record<Outcome, CountName>> = {
  success: "AttemptsSucceeded",
  http_status: "AttemptsHttpStatus",
  loop_detected: "AttemptsOther",
  timeout: "AttemptsTimedOut",
  dns_not_found: "AttemptsUnreachable",
  dns_failed: "AttemptsUnreachable",
  connect_refused: "AttemptsUnreachable",
  connect_failed: "AttemptsUnreachable",
  connection_lost: "AttemptsUnreachable",
  tls_certificate_expired: "AttemptsTlsFailed",
  tls_certificate_untrusted: "AttemptsTlsFailed",
  tls_hostname_mismatch: "AttemptsTlsFailed",
  tls_failed: "AttemptsTlsFailed",
  protocol_invalid: "AttemptsOther",
  protocol_upgrade: "AttemptsOther",
  internal: "AttemptsOther",
  address_forbidden: "GuardRefusals",
};

export const FINAL_OUTCOMES: Readonly<Record<EndedDelivery["status"], CountName>> = {
  delivered: "DeliveriesDelivered",
  exhausted: "DeliveriesExhausted",
  cancelled: "DeliveriesCancelled",
};

export const CHANGES: Readonly<Partial<Record<OperationalType, CountName>>> = {
  "rappel.endpoint.failing": "EndpointsFailing",
  "rappel.endpoint.recovered": "EndpointsRecovered",
  "rappel.endpoint.suspended": "EndpointsSuspended",
};

/** Collects metrics during an invocation. */
export interface MetricsRecorder {
  /** @param by 0 or more: a count of 0 is published too */
  count(name: CountName, by?: number): void;
  measure(name: TimingName, value: number): void;
}
