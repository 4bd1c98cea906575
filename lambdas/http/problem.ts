import { JsonFault } from "../payload/json-tokens.ts";
import type { ErrorCode, RappelError } from "../shared/errors.ts";
import type { HttpAnswer } from "./http.ts";

/** A code without a status does not compile. */
export const STATUS = {
  ACCOUNT_DELETED: [409, "The account was deleted"],
  ACCOUNT_REQUIRED: [400, "The account is missing"],
  ACCOUNT_NOT_FOUND: [404, "There is no such account"],
  ACCOUNT_PROTECTED: [409, "The account cannot be deleted"],
  ADDRESS_FORBIDDEN: [422, "This address is not allowed"],
  CALLBACK_EXISTS: [400, "There is such a callback already"],
  CALLBACK_NOT_FOUND: [404, "There is no such callback"],
  ENDPOINT_LIMIT_REACHED: [409, "The account has as many endpoints as it may"],
  ENDPOINT_NOT_FOUND: [404, "There is no such endpoint"],
  ENDPOINT_MANAGED_BY_CALLBACKS: [409, "Callbacks decide this of the endpoint"],
  EVENT_NOT_FOUND: [404, "There is no such event"],
  EVENT_NOT_YET_LOGGED: [404, "The event may still be on its way to the log"],
  EVENT_ID_IN_USE: [409, "An eventId is in use"],
  FIELDS_INVALID: [422, "Some fields cannot be accepted"],
  IDEMPOTENCY_KEY_REUSED: [422, "The Idempotency-Key was used for another request"],
  JSON_INVALID: [400, "The body is not JSON"],
  JSON_TOO_DEEP: [400, "The body is nested too deeply"],
  KEY_INVALID: [401, "A valid key is needed"],
  KEY_LIMIT_REACHED: [409, "The account has as many keys as it may"],
  KEY_NOT_FOUND: [404, "There is no such key"],
  UNSUPPORTED_MEDIA_TYPE: [415, "The body's media type is not supported"],
  METHOD_NOT_ALLOWED: [405, "This path knows other methods"],
  OPERATOR_KEY_REQUIRED: [403, "This needs an operator key"],
  PAYLOAD_TOO_LARGE: [413, "A payload is too large"],
  QUEUE_UNAVAILABLE: [503, "The events could not be queued"],
  RATE_LIMITED: [429, "The account sends too many events"],
  READ_ONLY: [403, "Nothing can be changed here"],
  REQUEST_INVALID: [400, "The request cannot be read"],
  REQUEST_TOO_LARGE: [413, "The request is too large"],
  REQUEST_IN_PROGRESS: [409, "The same request is under way"],
  ROUTE_NOT_FOUND: [404, "There is nothing at this path"],
  SCOPE_MISSING: [403, "The key lacks a scope"],
  STORE_UNAVAILABLE: [503, "The service cannot answer now"],
  TOO_MANY_EVENTS: [413, "The request has too many events"],
  TOO_MANY_SECRETS: [409, "Too many secrets sign"],
  TOO_MANY_TESTS: [429, "Too many tests in a minute"],
  INTERNAL_ERROR: [500, "Something went wrong on our side"],
  WRITE_CONFLICT: [409, "It was changed at the same moment"],
} as const satisfies Record<ErrorCode, readonly [status: number, title: string]>;

/** An RFC 9457 problem document, with its status and the headers that go with it. */
export function problem(error: RappelError | JsonFault, headers: Record<string, string> = {}): HttpAnswer {
  if (error instanceof JsonFault) {
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
    // "about:blank" would ask for the status's own phrase as title; a code per problem says more (RFC 9457, 3.1.1).
    body: JSON.stringify({ type: `urn:rappel:problem:${code}`, title, status, code, detail, ...more }),
  };
}
