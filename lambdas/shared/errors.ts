/** Errors that a caller can act on: a closed list of stable codes. `http/problem.ts` gives each its status. */
export type ErrorCode =
  | "ACCOUNT_DELETED"
  | "ACCOUNT_REQUIRED"
  | "ACCOUNT_NOT_FOUND"
  | "ACCOUNT_PROTECTED"
  | "ADDRESS_FORBIDDEN"
  | "CALLBACK_EXISTS"
  | "CALLBACK_NOT_FOUND"
  | "ENDPOINT_LIMIT_REACHED"
  | "ENDPOINT_NOT_FOUND"
  | "ENDPOINT_MANAGED_BY_CALLBACKS"
  | "EVENT_NOT_FOUND"
  | "EVENT_NOT_YET_LOGGED"
  | "EVENT_ID_IN_USE"
  | "FIELDS_INVALID"
  | "IDEMPOTENCY_KEY_REUSED"
  | "IDEMPOTENCY_KEY_UNSUPPORTED"
  | "JSON_INVALID"
  | "JSON_TOO_DEEP"
  | "KEY_INVALID"
  | "KEY_LIMIT_REACHED"
  | "KEY_NOT_FOUND"
  | "KEY_REQUIRED"
  | "LINK_INVALID"
  | "LINK_NOT_FOUND"
  | "LOOP_DETECTED"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "METHOD_NOT_ALLOWED"
  | "OPERATOR_KEY_REQUIRED"
  | "ORIGIN_FORBIDDEN"
  | "PAYLOAD_TOO_LARGE"
  | "QUEUE_UNAVAILABLE"
  | "RATE_LIMITED"
  | "READ_ONLY"
  | "RECOVERY_LIMIT_REACHED"
  | "RECOVERY_NOT_FOUND"
  | "REQUEST_INVALID"
  | "REQUEST_TOO_LARGE"
  | "REQUEST_IN_PROGRESS"
  | "ROUTE_NOT_FOUND"
  | "SCOPE_MISSING"
  | "SESSION_INVALID"
  | "SESSION_RESTRICTED"
  | "STORE_UNAVAILABLE"
  | "TOO_MANY_EVENTS"
  | "TOO_MANY_SECRETS"
  | "TOO_MANY_TESTS"
  | "INTERNAL_ERROR"
  | "WRITE_CONFLICT";

/** One rejected field. */
export interface FieldError {
  /** A JSON Pointer into the request's body, or `?name` for a query parameter. */
  readonly pointer: string;
  readonly detail: string;
  /** Which values are accepted. */
  readonly allowed?: string;
  /** The value we got, only for fields that cannot hold anything private. */
  readonly value?: unknown;
}

/** An error that the caller can act on. Any other error ends the invocation, which is retried. */
export class RappelError extends Error {
  override readonly name = "RappelError";
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  /** @param message what could not be done, the value we got and the value we need; never a payload or a secret */
  constructor(
    code: ErrorCode,
    message: string,
    more: { errors?: readonly FieldError[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.errors = more.errors ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
