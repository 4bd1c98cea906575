import { parseRetryAfter } from "../../retry/model/retry-after.ts";

/**
 * How one POST ended, a closed list. `http_status`: the response's status was not a success. The others, except `success`:
 * there was no usable status.
 */
export const OUTCOMES = [
  "success",
  "http_status",
  "timeout",
  "dns_not_found",
  "dns_failed",
  "connect_refused",
  "connect_failed",
  "connection_lost",
  "tls_certificate_expired",
  "tls_certificate_untrusted",
  "tls_hostname_mismatch",
  "tls_failed",
  "protocol_invalid",
  "protocol_upgrade",
  "address_forbidden",
  "internal",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The part of a receiver's response that is kept. */
export interface Answer {
  readonly status: number;
  /**
   * At most 1 KiB of the body, cut at a whole character, never decompressed. Of a delivery's attempts only the first and the
   * newest one keep theirs; a first attempt that was delivered keeps none.
   */
  readonly body?: Uint8Array;
  /** Whether the body was longer than what is kept, or ended early. */
  readonly isTruncated: boolean;
  /** `Content-Type`, `Retry-After` and `Location`, if present, each cut at 128 characters. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One POST and how it ended. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly startedAt: number;
  readonly durationMs: number;
  /** What happened, in a few words for a person. Never a payload, a header's value or a secret. */
  readonly reason?: string;
  readonly answer?: Answer;
}

/** 410 Gone: the receiver wants no more webhooks. Source: Standard Webhooks 1.0.0. */
export function isGone({ answer, outcome }: Attempt): boolean {
  return answer?.status === 410 && outcome !== "success";
}

/** The longest wait that any of the responses asked for, ms; 0 if none did. */
export function requestedWaitMs(attempts: readonly Attempt[], now: number): number {
  return Math.max(
    0,
    ...attempts.map(({ answer }) =>
      answer === undefined ? 0 : parseRetryAfter(answer.status, answer.headers["retry-after"], now),
    ),
  );
}
