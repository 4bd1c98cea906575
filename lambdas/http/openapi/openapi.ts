import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { IDEMPOTENCY_KEY } from "../../events/model/idempotency.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import { VERSION } from "../../shared/version.ts";
import { errorFormatOf } from "../error-format.ts";
import type { Route } from "../routes/route.ts";
import { ROUTES } from "../routes.ts";
import { AccountName } from "../schemas/fields.ts";
import { REQUEST_EXAMPLES } from "./request-examples.ts";
import { WEBHOOKS } from "./webhook-schemas.ts";

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

/** The groups of operations, in the order of the document. Each path belongs to the first whose pattern it matches. */
const TAGS = [
  { name: "Events", description: "Send events, and read their log.", pattern: /^\/v1\/(events|event-types|sources)\b/ },
  {
    name: "Endpoints",
    description: "Registered URLs: their settings and their health.",
    pattern: /^\/v1\/endpoints\b/,
  },
  { name: "Recoveries", description: "Sending again what was missed.", pattern: /^\/v1\/recoveries\b/ },
  { name: "Statistics", description: "Counts over time.", pattern: /^\/v1\/(stats|bounces)\b/ },
  {
    name: "Accounts",
    description: "Customers, their limits and their keys.",
    pattern: /^\/v1\/(accounts|whoami|activity|sessions)\b/,
  },
  { name: "Mailjet", description: "Mailjet's interface to register URLs, for its clients.", pattern: /^\/v3\// },
  { name: "Service", description: "What needs no key.", pattern: /^\// },
  { name: "Webhooks", description: "What this service POSTs to registered URLs.", pattern: /^$/ },
];

/** All errors of a route. */
export function errorsOf({
  errors,
  scope,
  method,
  isIdempotent,
  ofEndpoint,
  refusesLinks,
}: Omit<Route, "path" | "function" | "summary" | "answer">): ErrorCode[] {
  const isKeyRefused = isIdempotent !== true && method !== "GET" && method !== "DELETE";
  const ofSessions: readonly ErrorCode[] = [
    "SESSION_INVALID",
    ...(method === "GET" ? [] : (["ORIGIN_FORBIDDEN"] as const)),
    ...(refusesLinks ? (["KEY_REQUIRED"] as const) : []),
    ...(ofEndpoint === undefined ? (["SESSION_RESTRICTED"] as const) : []),
    ...(ofEndpoint === "query" ? (["ENDPOINT_NOT_FOUND"] as const) : []),
  ];
  const all = [
    ...errors,
    ...(isKeyRefused ? (["IDEMPOTENCY_KEY_UNSUPPORTED"] as const) : []),
    ...(scope === "public"
      ? []
      : [...COMMON_ERRORS.filter((code) => scope !== "any" || code !== "SCOPE_MISSING"), ...ofSessions]),
  ];
  return [...new Set(all)];
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
    tags: TAGS.map(({ name, description }) => ({ name, description })),
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "basic", description: "A key's id as the user, its secret as the password." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-rappel",
          description: "A session of the console. All methods except GET need the header Origin of this service.",
        },
      },
    },
    paths: paths satisfies ZodOpenApiPathsObject,
    webhooks: WEBHOOKS,
  });
}

function operationOf(route: (typeof ROUTES)[number]): ZodOpenApiOperationObject {
  const {
    operation,
    path,
    summary,
    scope,
    params,
    query,
    body,
    answer,
    otherAnswer,
    isIdempotent,
    isSignIn,
  }: Route & Pick<(typeof ROUTES)[number], "operation"> = route;
  const isPublic = scope === "public";
  const codes = errorsOf(route);
  const { statusOf, media, schema } = errorFormatOf(path);
  const byStatus = Map.groupBy(codes, (code) => String(statusOf(code)));
  return {
    operationId: operation,
    tags: TAGS.filter(({ pattern }) => pattern.test(path))
      .slice(0, 1)
      .map(({ name }) => name),
    summary,
    description: requirementOf(route),
    security: isPublic ? (isSignIn ? [{ key: [] }, {}] : []) : [{ key: [] }, { session: [] }],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(!isPublic && { header: isIdempotent ? AccountHeader.extend(IdempotencyHeader) : AccountHeader }),
    },
    ...(body && {
      requestBody: {
        required: body.isOptional !== true,
        content: contentOf(body.media, body.schema, REQUEST_EXAMPLES[operation]),
      },
    }),
    responses: {
      [`${answer.status}` as const]: {
        description: "Success",
        ...(answer.schema && {
          content: {
            ...contentOf([answer.media ?? "application/json"], answer.schema),
            ...(answer.isCsvToo && { "text/csv": { schema: { type: "string" as const } } }),
          },
        }),
      },
      ...(otherAnswer && {
        [`${otherAnswer.status}` as const]: {
          description: otherAnswer.description,
          content: contentOf(["application/json"], otherAnswer.schema),
        },
      }),
      ...Object.fromEntries(
        [...byStatus].map(([status, same]) => [
          status,
          { description: same.join(", "), content: contentOf([media], schema) },
        ]),
      ),
    },
  };
}

function requirementOf({ scope, isSignIn }: Pick<Route, "scope" | "isSignIn">): string {
  if (isSignIn) return "Requires a link's code, or a key with any scope.";
  if (scope === "public") return "Requires no key.";
  return scope === "any" ? "Requires a key, with any scope." : `Requires a key with the scope \`${scope}\`.`;
}

function contentOf(
  media: readonly string[],
  schema: NonNullable<Route["answer"]["schema"]>,
  examples?: Readonly<Record<string, unknown>>,
) {
  const shown =
    examples &&
    Object.fromEntries(Object.entries(examples).map(([name, value]) => [keyOf(name), { summary: name, value }]));
  return Object.fromEntries(media.map((type) => [type, { schema, ...(shown && { examples: shown }) }]));
}

/** A name as a component key, which has no spaces. */
function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
