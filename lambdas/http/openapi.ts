import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { IDEMPOTENCY_KEY } from "../events/model/idempotency.ts";
import type { ErrorCode } from "../shared/errors.ts";
import { VERSION } from "../shared/version.ts";
import { errorFormatOf } from "./error-format.ts";
import type { Route } from "./routes/route.ts";
import { ROUTES } from "./routes.ts";
import { AccountName } from "./schemas/fields.ts";

/** The errors of every route that needs a key. */
const COMMON_ERRORS = [
  "ACCOUNT_REQUIRED",
  "ACCOUNT_NOT_FOUND",
  "KEY_INVALID",
  "LOOP_DETECTED",
  "REQUEST_INVALID",
  "SCOPE_MISSING",
  "STORE_UNAVAILABLE",
] as const;

/** All errors of a route. */
export function errorsOf({
  errors,
  scope,
  method,
  isIdempotent,
}: Pick<Route, "errors" | "scope" | "method" | "isIdempotent">): ErrorCode[] {
  const isKeyRefused = isIdempotent !== true && method !== "GET" && method !== "DELETE";
  return [
    ...errors,
    ...(isKeyRefused ? (["IDEMPOTENCY_KEY_UNSUPPORTED"] as const) : []),
    ...(scope === "public" ? [] : COMMON_ERRORS),
  ];
}

const AccountHeader = z
  .object({ "Rappel-Account": AccountName.optional() })
  .meta({ description: "Only for an operator key: the account to act for." });

const IdempotencyHeader = {
  "Idempotency-Key": z.string().regex(IDEMPOTENCY_KEY).optional().meta({
    description:
      "Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`.",
  }),
};

/** The API as an OpenAPI 3.1 document, made from the table of routes. */
export function openApi(): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Rappel",
      version: VERSION,
      description: "Accepts events and POSTs each one to every URL that subscribes to it.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "basic", description: "A key's id as the user, its secret as the password." },
      },
    },
    paths: paths satisfies ZodOpenApiPathsObject,
  });
}

function operationOf(route: (typeof ROUTES)[number]): ZodOpenApiOperationObject {
  const { operation, path, summary, scope, params, query, body, answer, isIdempotent } = route;
  const isPublic = scope === "public";
  const codes = errorsOf(route);
  const { statusOf, media, schema } = errorFormatOf(path);
  const byStatus = Map.groupBy(codes, (code) => String(statusOf(code)));
  return {
    operationId: operation,
    summary,
    description: isPublic ? "Requires no key." : `Requires a key with the scope \`${scope}\`.`,
    security: isPublic ? [] : [{ key: [] }],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(!isPublic && { header: isIdempotent ? AccountHeader.extend(IdempotencyHeader) : AccountHeader }),
    },
    ...(body && { requestBody: { required: body.isOptional !== true, content: contentOf(body.media, body.schema) } }),
    responses: {
      [`${answer.status}` as const]: {
        description: "Success",
        ...(answer.schema && { content: contentOf([answer.media ?? "application/json"], answer.schema) }),
      },
      ...Object.fromEntries(
        [...byStatus].map(([status, same]) => [
          status,
          { description: same.join(", "), content: contentOf([media], schema) },
        ]),
      ),
    },
  };
}

function contentOf(media: readonly string[], schema: NonNullable<Route["answer"]["schema"]>) {
  return Object.fromEntries(media.map((type) => [type, { schema }]));
}
