import type * as z from "zod";
import type { Scope } from "../../accounts/model/key.ts";
import type { ErrorCode } from "../../shared/errors.ts";

/** One route. The router, the API Gateway routes, the OpenAPI document and docs/api.md are all made from these. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As API Gateway writes it. */
  readonly path: string;
  /** The Lambda function that handles it. */
  readonly function: "accept" | "api";
  /** `any`: every valid key may call it. `public`: no key is needed. */
  readonly scope: Scope | "any" | "public";
  readonly summary: string;
  /** Whether an operator key is needed. */
  readonly isOperators?: true;
  /** Whether the body of an operator's request may name the accounts. */
  readonly namesAccounts?: true;
  /** Whether it opens a session: with a key or without one, but never with a cookie. */
  readonly isSignIn?: true;
  /** Whether a session that a link opened is refused, because what it creates would outlive it. */
  readonly refusesLinks?: true;
  /**
   * What a session of one endpoint gets. `path`, `query`: the endpoint is named there. `own`: the operation shows only what is
   * about it. `any`: it is about no endpoint. Absent: refused.
   */
  readonly ofEndpoint?: "path" | "query" | "own" | "any";
  /** Whether it supports `Idempotency-Key`. */
  readonly isIdempotent?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Whether names in the query and the body are case-insensitive: Mailjet's clients write `limit`, `Limit` and `isBackup`. */
  readonly isCaseFree?: true;
  readonly body?: {
    /** `bytes`: passed on unparsed. `patch`: merged with the resource before it is checked. */
    readonly read: "json" | "bytes" | "patch";
    /** Whether it may be empty, which means `{}`. */
    readonly isOptional?: true;
    readonly media: readonly string[];
    readonly schema: z.ZodType;
  };
  readonly answer: {
    readonly status: number;
    readonly media?: string;
    readonly schema?: z.ZodType;
    /** Whether it can be CSV too. */
    readonly isCsvToo?: true;
  };
  /** Another successful answer, which the operation chooses by its status. */
  readonly otherAnswer?: { readonly status: number; readonly description: string; readonly schema: z.ZodType };
  /** In addition to the errors of every route. */
  readonly errors: readonly ErrorCode[];
}

export const JSON_MEDIA = ["application/json"] as const;

/** The errors of a JSON body. */
export const BODY_ERRORS = [
  "JSON_INVALID",
  "JSON_TOO_DEEP",
  "FIELDS_INVALID",
  "UNSUPPORTED_MEDIA_TYPE",
  "REQUEST_TOO_LARGE",
] as const;
/** The errors of a route that supports `Idempotency-Key`. */
export const IDEMPOTENCY_ERRORS = ["IDEMPOTENCY_KEY_REUSED", "REQUEST_IN_PROGRESS"] as const;
