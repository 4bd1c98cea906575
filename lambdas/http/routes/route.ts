import type * as z from "zod";
import type { Scope } from "../../accounts/model/key.ts";
import type { ErrorCode } from "../../shared/errors.ts";

/** One row of the API. Router, gateway, OpenAPI document and the README's table are all made from these rows. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As API Gateway writes it. */
  readonly path: string;
  /** The Lambda function that answers. */
  readonly function: "accept" | "api";
  readonly scope: Scope | "public";
  readonly summary: string;
  /** Whether an operator key is needed. */
  readonly isOperators?: true;
  /** Whether an operator's request may name the account of each thing in its body. */
  readonly namesAccounts?: true;
  /** Whether an `Idempotency-Key` has it done once. */
  readonly isIdempotent?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Whether a query parameter is known whatever its case: Mailjet's samples write `limit` and `Limit`. */
  readonly isCaseFree?: true;
  readonly body?: {
    /** `bytes`: handed over as they came; the flow's own scanner reads them. `patch`: merged before it is read. */
    readonly read: "json" | "bytes" | "patch";
    /** Whether it may be left out: it is read as `{}` then. */
    readonly isOptional?: true;
    readonly media: readonly string[];
    readonly schema: z.ZodType;
  };
  readonly answer: { readonly status: number; readonly media?: string; readonly schema?: z.ZodType };
  /** Beyond those that every route can answer. */
  readonly errors: readonly ErrorCode[];
}

export const JSON_MEDIA = ["application/json"] as const;

/** What a body of JSON can be refused for. */
export const BODY_ERRORS = [
  "JSON_INVALID",
  "JSON_TOO_DEEP",
  "FIELDS_INVALID",
  "UNSUPPORTED_MEDIA_TYPE",
  "REQUEST_TOO_LARGE",
] as const;
