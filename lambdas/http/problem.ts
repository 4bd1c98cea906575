import { JsonError } from "../payload/json-tokens.ts";
import type { ErrorCode, RappelError } from "../shared/errors.ts";
import type { HttpAnswer } from "./http.ts";

/** The status and the title of each code. A code without them does not compile. */
export const STATUS = {
  ACCOUNT_DELETED: [409, "The account was deleted"],
  ACCOUNT_REQUIRED: [400, "An account is required"],
  ACCOUNT_NOT_FOUND: [404, "Account not found"],
  ACCOUNT_PROTECTED: [409, "The account cannot be deleted"],
  ADDRESS_FORBIDDEN: [422, "Address not allowed"],
  CALLBACK_EXISTS: [400, "The callback already exists"],
  CALLBACK_NOT_FOUND: [404, "Callback not found"],
  ENDPOINT_LIMIT_REACHED: [409, "Endpoint limit reached"],
  ENDPOINT_NOT_FOUND: [404, "Endpoint not found"],
  ENDPOINT_MANAGED_BY_CALLBACKS: [409, "The endpoint is managed by callbacks"],
  EVENT_NOT_FOUND: [404, "Event not found"],
  EVENT_NOT_YET_LOGGED: [404, "The event is not in the log yet"],
  EVENT_ID_IN_USE: [409, "The eventId is in use"],
  FIELDS_INVALID: [422, "Some fields are invalid"],
  IDEMPOTENCY_KEY_REUSED: [422, "The Idempotency-Key was used for another request"],
  IDEMPOTENCY_KEY_UNSUPPORTED: [400, "Idempotency-Key is not supported here"],
  JSON_INVALID: [400, "The body is not valid JSON"],
  JSON_TOO_DEEP: [400, "The body is nested too deeply"],
  KEY_INVALID: [401, "A valid key is required"],
  KEY_LIMIT_REACHED: [409, "Key limit reached"],
  KEY_NOT_FOUND: [404, "Key not found"],
  KEY_REQUIRED: [403, "A key is required"],
  LINK_INVALID: [410, "The link is no longer valid"],
  LINK_NOT_FOUND: [404, "Link not found"],
  LOOP_DETECTED: [508, "Loop detected"],
  UNSUPPORTED_MEDIA_TYPE: [415, "Unsupported media type"],
  METHOD_NOT_ALLOWED: [405, "Method not allowed"],
  OPERATOR_KEY_REQUIRED: [403, "An operator key is required"],
  ORIGIN_FORBIDDEN: [403, "The request came from another site"],
  PAYLOAD_TOO_LARGE: [413, "A payload is too large"],
  QUEUE_UNAVAILABLE: [503, "The events could not be queued"],
  RATE_LIMITED: [429, "The account sends too many events"],
  READ_ONLY: [403, "Read-only"],
  RECOVERY_LIMIT_REACHED: [409, "Too many recoveries are running"],
  RECOVERY_NOT_FOUND: [404, "Recovery not found"],
  REQUEST_INVALID: [400, "Invalid request"],
  REQUEST_TOO_LARGE: [413, "The request is too large"],
  REQUEST_IN_PROGRESS: [409, "The same request is still running"],
  ROUTE_NOT_FOUND: [404, "Route not found"],
  SCOPE_MISSING: [403, "The key lacks a required scope"],
  SESSION_INVALID: [401, "The session has ended"],
  SESSION_RESTRICTED: [403, "The session is for one endpoint"],
  STORE_UNAVAILABLE: [503, "Service temporarily unavailable"],
  TOO_MANY_EVENTS: [413, "The request has too many events"],
  TOO_MANY_SECRETS: [409, "Too many signing secrets"],
  TOO_MANY_TESTS: [429, "Too many test events"],
  INTERNAL_ERROR: [500, "Internal error"],
  WRITE_CONFLICT: [409, "Concurrent change"],
} as const satisfies Record<ErrorCode, readonly [status: number, title: string]>;
export const ERROR_CODES = Object.keys(STATUS);

/** An RFC 9457 problem document with its status and headers. */
export function problem(error: RappelError | JsonError, headers: Record<string, string> = {}): HttpAnswer {
  if (error instanceof JsonError) {
    const code = error.isTooDeep ? "JSON_TOO_DEEP" : "JSON_INVALID";
    return problemAnswer(code, `At byte ${error.offset}: ${error.message}`, { offset: error.offset }, headers);
  }
  const more = error.errors.length === 0 ? {} : { errors: error.errors };
  const retryAfter = error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) };
  return problemAnswer(error.code, error.message, more, { ...headers, ...retryAfter });
}

function problemAnswer(
  code: ErrorCode,
  detail: string,
  more: Record<string, unknown>,
  headers: Record<string, string>,
): HttpAnswer {
  const [status, title] = STATUS[code];
  return {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
    // A type per code: with "about:blank" the title would have to be the status's phrase (RFC 9457, 3.1.1).
    body: JSON.stringify({ type: `urn:rappel:problem:${code}`, title, status, code, detail, ...more }),
  };
}
