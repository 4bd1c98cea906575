import { parseRetryAfter } from "../../retry/model/retry-after.ts";

/** How one POST ended, a closed list. */
export const OUTCOMES = [
  "success",
  "http_status",
  "loop_detected",
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

/** What each outcome means, in Markdown: `npm run docs` writes it to docs/retries.md. */
export const OUTCOME_MEANINGS = {
  success: "The receiver responded with a status that is a success.",
  http_status: "The receiver responded with another status, such as 500, 410 or a redirect.",
  loop_detected:
    "The receiver is Rappel too, and refused the event because it is going round in a loop. It is not sent again, and the endpoint stays as it is.",
  timeout: "No response began within the endpoint's `timeoutMs`.",
  dns_not_found: "The host's name does not exist, or has no address.",
  dns_failed: "The name servers did not respond, or responded with an error.",
  connect_refused: "The host refused the connection.",
  connect_failed: "The connection could not be opened for another reason, such as a host that cannot be reached.",
  connection_lost: "The connection ended before a response.",
  tls_certificate_expired: "The certificate has expired, or is not valid yet.",
  tls_certificate_untrusted:
    "The certificate is not signed by a public authority, its chain is incomplete, or its key is too weak.",
  tls_hostname_mismatch: "The certificate is for another host name.",
  tls_failed: "TLS failed in another way, such as no common version or cipher.",
  protocol_invalid: "The response was not valid HTTP.",
  protocol_upgrade: "The receiver switched protocols (101).",
  address_forbidden: "The address is not public, so nothing was sent.",
  internal: "Rappel could not make the attempt. The receiver did not cause this.",
} as const satisfies Record<Outcome, string>;

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
  /** What happened, in a few words. Never a payload, a header's value or a secret. */
  readonly reason?: string;
  readonly answer?: Answer;
}

/** How many times an event was delivered before, on each POST, and on the response that refuses one in a loop. */
export const HOPS_HEADER = "rappel-hops";

/** The status of a response that refuses an event in a loop. */
export const LOOP_STATUS = 508;

/**
 * The outcome of an attempt that got a response.
 * @param isFromRappel whether the response has `Rappel-Hops`: some hosts answer 508 when they are out of resources
 */
export function outcomeOf(
  status: number,
  isFromRappel: boolean,
  isSuccess: (status: number) => boolean,
): "success" | "http_status" | "loop_detected" {
  if (isSuccess(status)) return "success";
  return status === LOOP_STATUS && isFromRappel ? "loop_detected" : "http_status";
}

/** Whether the receiver refused the events because they are going round in a loop. It is no failure of the endpoint. */
export function isLoop({ outcome }: Pick<Attempt, "outcome">): boolean {
  return outcome === "loop_detected";
}

/** 410 Gone: nothing more must be sent to this URL. Source: Standard Webhooks 1.0.0. */
export function isGone({ answer, outcome }: Attempt): boolean {
  return answer?.status === 410 && outcome !== "success";
}

/** The longest `Retry-After` of the responses, ms; 0 without one. */
export function requestedWaitMs(attempts: readonly Attempt[], now: number): number {
  return Math.max(
    0,
    ...attempts.map(({ answer }) =>
      answer === undefined ? 0 : parseRetryAfter(answer.status, answer.headers["retry-after"], now),
    ),
  );
}
