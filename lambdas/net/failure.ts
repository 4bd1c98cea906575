import type { Attempt, Outcome } from "../core/attempt.ts";
import { NameFault } from "./resolver.ts";

// Source: Node's errors, `errno`, OpenSSL's X509_V_ERR_*, and llhttp's HPE_*.
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: "connect_refused",
  EHOSTUNREACH: "connect_failed",
  ENETUNREACH: "connect_failed",
  EADDRNOTAVAIL: "connect_failed",
  ETIMEDOUT: "connect_failed",
  ECONNRESET: "connection_lost",
  ECONNABORTED: "connection_lost",
  EPIPE: "connection_lost",
  CERT_HAS_EXPIRED: "tls_certificate_expired",
  CERT_NOT_YET_VALID: "tls_certificate_expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls_certificate_untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "tls_certificate_untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "tls_certificate_untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls_certificate_untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls_certificate_untrusted",
  CERT_UNTRUSTED: "tls_certificate_untrusted",
  CERT_REVOKED: "tls_certificate_untrusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls_hostname_mismatch",
  EPROTO: "tls_failed",
};
const PREFIXES: readonly (readonly [prefix: string, outcome: Outcome])[] = [
  ["HPE_", "protocol_invalid"],
  ["ERR_SSL_", "tls_failed"],
  ["ERR_TLS_", "tls_failed"],
  ["CERT_", "tls_certificate_untrusted"],
];

/** What a transport error means for the attempt. The reason is the error's code: messages can hold addresses and more. */
export function failureOf(error: unknown): Pick<Attempt, "outcome" | "reason"> {
  if (error instanceof NameFault) return { outcome: error.outcome, reason: error.message };
  const code = codeOf(error);
  if (code === undefined) return { outcome: "internal", reason: error instanceof Error ? error.name : "unknown error" };
  const outcome = OUTCOMES[code] ?? PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "connect_failed";
  return { outcome, reason: code };
}

/** Of several addresses' errors (an AggregateError) the first that has a code. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? error.errors.map(codeOf).find((code) => code !== undefined) : undefined;
}
