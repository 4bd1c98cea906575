import { TrieRouter } from "hono/router/trie-router";
import type * as z from "zod";
import { IDEMPOTENCY_KEY, sha256 } from "../events/model/idempotency.ts";
import { JsonError } from "../payload/json-tokens.ts";
import { RappelError } from "../shared/errors.ts";
import { readBody } from "./body.ts";
import { type Authenticate, accountFor, type Caller, callerOf } from "./caller.ts";
import { canonicalPath, inSchemaCase, isMailjetPath } from "./case-free.ts";
import { errorFormatOf } from "./error-format.ts";
import { hopsIn, loopHeaders } from "./hops.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { Route } from "./routes/route.ts";
import { type Operation, ROUTES, type Routes } from "./routes.ts";
import { cursorOf } from "./schemas/fields.ts";
import { parseFields } from "./schemas/parse-fields.ts";
import { queryWithin } from "./sessions/one-endpoint.ts";
import { challengeFor, ownOrigin, requireOwnOrigin } from "./sessions/own-origin.ts";

type Parsed<R, Name extends string> = R extends { readonly [N in Name]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
type ReadBody<R> = R extends { body: { read: "json"; schema: infer S extends z.ZodType } }
  ? z.output<S>
  : R extends { body: { read: "bytes" } }
    ? Uint8Array
    : R extends { body: { read: "patch" } }
      ? unknown
      : undefined;

/** A call of an operation, with everything parsed and the caller authenticated. */
interface Call<O extends Operation> {
  /** The account; absent only for routes whose body may name accounts. */
  readonly account: Routes[O] extends { namesAccounts: true } ? string | undefined : string;
  readonly isOperator: boolean;
  /** The caller's key, or that of the caller's session. It limits the keys that it can create. */
  readonly key: Caller["key"];
  /** The Idempotency-Key and the request's hash, if the caller sent one. */
  readonly idempotency: { readonly key: string; readonly hash: string } | undefined;
  /** How many times Rappel has delivered what the request carries; 0 except for webhooks that are sent to Rappel. */
  readonly hops: number;
  /** The only endpoint that the caller's session is about. Routes with `ofEndpoint: "own"` show nothing of others. */
  readonly only: string | undefined;
  /** The origin of this service, as the caller reached it. @throws {RappelError} `REQUEST_INVALID` */
  readonly origin: () => string;
  readonly params: Parsed<Routes[O], "params">;
  readonly query: Parsed<Routes[O], "query">;
  readonly body: ReadBody<Routes[O]>;
}

/** The operations of one function. Each returns the response's body, sent as JSON unless it is bytes. */
export type Operations<F extends "accept" | "api"> = {
  readonly [O in Operation as Routes[O]["function"] extends F ? O : never]: (call: Call<O>) => Promise<unknown>;
};

type AnyOperation = (call: {
  account: string | undefined;
  isOperator: boolean;
  key: Caller["key"];
  idempotency: { key: string; hash: string } | undefined;
  hops: number;
  only: string | undefined;
  origin: () => string;
  params: unknown;
  query: unknown;
  body: unknown;
}) => Promise<unknown>;

/** The default error for an operation that the function does not have. */
const elsewhere = () => new RappelError("ROUTE_NOT_FOUND", "This route belongs to another function");

const IDEMPOTENT_ROUTES = ROUTES.filter(({ isIdempotent }) => isIdempotent)
  .map(({ method, path }) => `${method} ${path}`)
  .join(", ");
const ANONYMOUS: Caller = { account: "", isOperator: false, key: { id: "", scopes: [] } };

/**
 * Handles requests by the table of routes: finds the route, checks key and scope, parses, runs the operation, and turns
 * errors into responses.
 * @param onCrash called with an unexpected error; the caller gets a 500 without details
 * @param absent the error for a route that `operations` lacks
 */
export function router<F extends "accept" | "api", Some extends keyof Operations<F> = keyof Operations<F>>(
  operations: Pick<Operations<F>, Some>,
  authenticate: Authenticate,
  onCrash: (error: unknown) => void,
  absent: () => RappelError = elsewhere,
): (request: HttpRequest) => Promise<HttpAnswer> {
  const trie = new TrieRouter<(typeof ROUTES)[number]>();
  for (const route of ROUTES) trie.add(route.method, canonicalPath(route.path).replaceAll(/\{(\w+)\}/g, ":$1"), route);
  const run: object = operations;
  const find = (method: string, path: string) => trie.match(method, canonicalPath(path))[0][0];

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    const found = find(request.method === "HEAD" ? "GET" : request.method, request.path);
    if (found === undefined) return unknownRoute(request);
    const [route, rawParams] = found;
    const operation: AnyOperation | undefined = Reflect.get(run, route.operation);
    if (operation === undefined) throw absent();
    const caller = await callerFor(route, request);
    const hops = route.scope === "public" ? 0 : hopsIn(route, request);
    const idempotency = idempotencyOf(route, request);
    const params = parsedParams(route, rawParams);
    const account = accountFor(route, caller, params);
    const only = caller.key.session?.endpoint;
    const sent = queryWithin(route, only, params, request.query);
    const query =
      route.query === undefined
        ? undefined
        : parseFields(route.query, inSchemaCase(route, route.query, sent, "?"), "?");
    const body = readBody(route, request);
    return answerOf(
      route,
      await operation({
        account,
        isOperator: caller.isOperator,
        key: caller.key,
        idempotency,
        hops,
        only,
        origin: () => ownOrigin(request.headers),
        params,
        query,
        body,
      }),
    );
  }

  async function callerFor({ scope, isSignIn }: Route, request: HttpRequest): Promise<Caller> {
    if (scope !== "public") return callerOf(request, scope, authenticate);
    if (isSignIn !== true) return ANONYMOUS;
    const { cookie: _, ...headers } = request.headers;
    requireOwnOrigin(headers, false);
    return headers["authorization"] === undefined ? ANONYMOUS : callerOf({ ...request, headers }, "any", authenticate);
  }

  function unknownRoute({ method, path }: HttpRequest): HttpAnswer {
    const allow = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((other) => find(other, path) !== undefined);
    if (allow.length === 0)
      throw new RappelError("ROUTE_NOT_FOUND", `There is no route at this path: ${whatThereIs(path)}`);
    return errorFormatOf(path).toAnswer(
      new RappelError(
        "METHOD_NOT_ALLOWED",
        `The method ${method.slice(0, 20)} is not allowed here; allowed: ${allow.join(", ")}`,
      ),
      { allow: allow.join(", ") },
    );
  }

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      const { toAnswer } = errorFormatOf(request.path);
      if (error instanceof RappelError && (error.code === "KEY_INVALID" || error.code === "SESSION_INVALID"))
        return toAnswer(error, { "www-authenticate": challengeFor(error.code, request.headers) });
      if (error instanceof RappelError && error.code === "LOOP_DETECTED") return toAnswer(error, loopHeaders(request));
      if (error instanceof RappelError || error instanceof JsonError) return toAnswer(error);
      onCrash(error);
      return toAnswer(
        new RappelError("INTERNAL_ERROR", "The request failed because of an internal error, which was logged"),
      );
    }
  };
}

function whatThereIs(path: string): string {
  if (!isMailjetPath(path)) return "GET /v1/openapi.json lists all routes";
  const inbound = /\/parseroute\b/i.test(path)
    ? "; its Parse API is not, because this service receives no inbound e-mails"
    : "";
  return `of Mailjet's API only /v3/REST/eventcallbackurl is supported${inbound}`;
}

/** A malformed id gets the same error as an unknown one. */
function parsedParams({ method, params, errors }: Route, raw: unknown): Record<string, unknown> | undefined {
  if (params === undefined) return undefined;
  const parsed = params.safeParse(raw);
  if (parsed.success) return parsed.data;
  // A PUT can create the resource: then the name is invalid.
  if (method === "PUT")
    throw new RappelError("REQUEST_INVALID", `The path must end in ${parsed.error.issues[0]?.message}`);
  throw new RappelError(
    errors.find((code) => code.endsWith("_NOT_FOUND")) ?? "ROUTE_NOT_FOUND",
    "There is no resource with this id",
  );
}

/**
 * @throws {RappelError} `REQUEST_INVALID` for an invalid Idempotency-Key, `IDEMPOTENCY_KEY_UNSUPPORTED` where it would be
 * ignored
 */
function idempotencyOf(
  { isIdempotent, method }: Route,
  { headers, path, body }: HttpRequest,
): { key: string; hash: string } | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined || method === "GET" || method === "DELETE") return undefined;
  if (isIdempotent !== true)
    throw new RappelError(
      "IDEMPOTENCY_KEY_UNSUPPORTED",
      `This route does not support Idempotency-Key: send the request without it. ${IDEMPOTENT_ROUTES} support it`,
    );
  if (!IDEMPOTENCY_KEY.test(key))
    throw new RappelError(
      "REQUEST_INVALID",
      "The Idempotency-Key is invalid: it must be 1-255 printable ASCII characters",
    );
  return { key, hash: sha256(path, body) };
}

/** An operation's result with additional headers. */
export class AnswerWithHeaders {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Default: the route's. */
  readonly status: number | undefined;
  constructor(body: unknown, headers: Readonly<Record<string, string>>, status?: number) {
    this.body = body;
    this.headers = headers;
    this.status = status;
  }
}

/** A part of a text. @param next where the next part begins; absent in the last one */
export function partOfText({ text, next }: { readonly text: string; readonly next?: string }): AnswerWithHeaders {
  return new AnswerWithHeaders(Buffer.from(text), next === undefined ? {} : { "rappel-next-cursor": cursorOf(next) });
}

/** @param isReplay whether it repeats the response to an earlier request with the same Idempotency-Key */
export function repeatable(body: unknown, isReplay: boolean): AnswerWithHeaders {
  return new AnswerWithHeaders(body, isReplay ? { "idempotent-replayed": "true" } : {});
}

function answerOf({ answer: { media = "application/json", ...answer } }: Route, answered: unknown): HttpAnswer {
  const {
    body,
    headers: more,
    status = answer.status,
  } = answered instanceof AnswerWithHeaders ? answered : new AnswerWithHeaders(answered, {});
  const headers = { "cache-control": "no-store", ...more };
  if (status === 204) return { status, headers };
  return {
    status,
    headers: { "content-type": media, ...headers },
    body: body instanceof Uint8Array ? body : JSON.stringify(body),
  };
}
