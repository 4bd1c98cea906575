import type { Outcome } from "../../delivery/model/attempt.ts";
import type { EndedDelivery } from "../../delivery/model/delivery.ts";
import type { OperationalType } from "../../events/model/operational-types.ts";

/** What is counted: how often it happened while one invocation ran. */
export const COUNTS = [
  /** Answered with 202, those of repeated requests left out. */
  "EventsAccepted",
  /** Deliveries by what became of them; one that waits first is counted as pending, and once more when it ends. */
  "DeliveriesDelivered",
  "DeliveriesPending",
  "DeliveriesExhausted",
  "DeliveriesCancelled",
  /** Of those delivered, the ones that had waited in a backlog. */
  "PendingDelivered",
  /** POSTs by how they ended; tests of a URL count for nothing. */
  "AttemptsSucceeded",
  "AttemptsHttpStatus",
  "AttemptsTimedOut",
  "AttemptsUnreachable",
  "AttemptsTlsFailed",
  "AttemptsOther",
  /** Nothing was sent because the address is not public: at registration and test, and at an attempt. */
  "GuardRefusals",
  /** Changes of endpoints, as they are told. */
  "EndpointsFailing",
  "EndpointsRecovered",
  "EndpointsSuspended",
  /** Shares of e-mails that do not arrive, each time that one goes over the limit. */
  "FailureRateExceeded",
  /** Overdue wake-ups that were sent again. */
  "WakeUpsResent",
  /** 1 for each run of the sweeper. */
  "SweeperHeartbeat",
] as const;
export type CountName = (typeof COUNTS)[number];

/** What is measured, one value each time, and its unit. */
export const TIMINGS = {
  /** From an event's acceptance to the begin of its first attempt. */
  AcceptToFirstAttempt: "Milliseconds",
  /** From DNS to the last byte, of attempts that were answered: a timeout would measure our own deadline. */
  ReceiverLatency: "Milliseconds",
  /** From the time that a wake-up was promised for to the begin of its round. */
  WakeUpLag: "Seconds",
} as const;
export type TimingName = keyof typeof TIMINGS;

/**
 * How attempts are counted: sixteen outcomes are too many lines of a graph, and each name is billed by the month. The log
 * line of a failed attempt has the outcome itself.
 */
export const ATTEMPTS: Readonly<Record<Outcome, CountName>> = {
  success: "AttemptsSucceeded",
  http_status: "AttemptsHttpStatus",
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

/** Takes figures while an invocation runs. */
export interface Figures {
  /** @param by 0 or more: a count of 0 is told too */
  count(name: CountName, by?: number): void;
  measure(name: TimingName, value: number): void;
}
