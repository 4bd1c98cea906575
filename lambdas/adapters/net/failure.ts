import type { Attempt, Outcome } from "../../delivery/model/attempt.ts";

/** Why an attempt failed without a response, decided by Rappel itself. The message is informational. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly outcome: Outcome;
  constructor(outcome: Outcome, message: string) {
    super(message);
    this.outcome = outcome;
  }
}

// Source: Node's errors, `errno`, OpenSSL's X509_V_ERR_*, and llhttp's HPE_*.
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: "connect_refused",
  ECONNRESET: "connection_lost",
  ECONNABORTED: "connection_lost",
  EPIPE: "connection_lost",
  // A problem of this process, not of the receiver: no file descriptors or no memory left.
  EMFILE: "internal",
  ENFILE: "internal",
  ENOMEM: "internal",
  ENOBUFS: "internal",
  CERT_HAS_EXPIRED: "tls_certificate_expired",
  CERT_NOT_YET_VALID: "tls_certificate_expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls_certificate_untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "tls_certificate_untrusted",
  INVALID_CA: "tls_certificate_untrusted",
  INVALID_PURPOSE: "tls_certificate_untrusted",
  PATH_LENGTH_EXCEEDED: "tls_certificate_untrusted",
  UNSPECIFIED: "tls_certificate_untrusted", // Node's name for rarer OpenSSL errors, such as a key that is too short
  HOSTNAME_MISMATCH: "tls_hostname_mismatch",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls_hostname_mismatch",
  EPROTO: "tls_failed",
};
// The first match applies. What Node's own checks reject (ERR_INVALID_CHAR, …) was never sent.
const PREFIXES: readonly (readonly [prefix: string, outcome: Outcome])[] = [
  ["HPE_", "protocol_invalid"],
  ["CERT_", "tls_certificate_untrusted"],
  ["UNABLE_TO_", "tls_certificate_untrusted"],
  ["ERR_SSL_", "tls_failed"],
  ["ERR_TLS_", "tls_failed"],
  ["ERR_", "internal"],
];

/** The outcome for an error. The reason is the error's code, because messages can contain addresses. */
export function failureOf(error: unknown): Pick<Attempt, "outcome" | "reason"> {
  if (error instanceof Fault) return { outcome: error.outcome, reason: error.message };
  const code = codeOf(error);
  if (code === undefined) return { outcome: "internal", reason: error instanceof Error ? error.name : "unknown error" };
  const outcome = OUTCOMES[code] ?? PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "connect_failed";
  return { outcome, reason: code };
}

/** The error's code; for an AggregateError of several addresses, the first one with a code. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? error.errors.map(codeOf).find((code) => code !== undefined) : undefined;
}
