import type { ErrorCode as ApiErrorCode, components } from "./schema.ts";

/** A field that was refused: its place in the body as a JSON Pointer (or `?name`), and what is allowed. */
export type FieldProblem = components["schemas"]["FieldError"];

/**
 * What an error is about: the API's own codes; `OFFLINE` without a response; `UNKNOWN` for a response that is not the API's;
 * `TOO_MANY_WAITING` for an event that was not sent, because too many wait.
 * A later version of the API can have more.
 */
export type ErrorCode = ApiErrorCode | "OFFLINE" | "TOO_MANY_WAITING" | "UNKNOWN" | (string & {});

interface Facts {
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly fields?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number;
}

/** An error response of the API, or a request that got no response. Its message holds no credentials. */
export class RappelError extends Error {
  override readonly name = "RappelError";
  /** The HTTP status; 0 without a response. */
  readonly status: number;
  readonly code: ErrorCode;
  /** The refused fields, for `FIELDS_INVALID` and the like. */
  readonly fields: readonly FieldProblem[];
  /** How long to wait before the request is repeated, in seconds, if the API says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor({ status, code, detail, fields = [], retryAfterSeconds }: Facts) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same request can succeed later. */
  get isTemporary(): boolean {
    return [0, 408, 429, 500, 502, 503, 504].includes(this.status) || this.code === "REQUEST_IN_PROGRESS";
  }
}
