import createClient from "openapi-fetch";
import { type FieldProblem, RappelError } from "./errors.ts";
import type { components, paths } from "./schema.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** Every route by method and path, such as `GET /v1/endpoints`. */
type ByKey = {
  [P in keyof paths as keyof {
    [M in Method as Exclude<paths[P][Lowercase<M>], undefined> extends never ? never : `${M} ${P}`]: 1;
  }]: P;
};
/** A route of the API by method and path, such as `GET /v1/endpoints`. */
export type RouteKey = keyof ByKey & string;
type OperationOf<K extends RouteKey> = K extends `${infer M extends Method} ${infer P extends keyof paths}`
  ? Exclude<paths[P][Lowercase<M>], undefined>
  : never;

type ParametersOf<K extends RouteKey, In extends "path" | "query"> =
  OperationOf<K> extends {
    parameters: { [N in In]?: infer Given };
  }
    ? NonNullable<Given>
    : never;
/** The query of a route. */
export type QueryOf<K extends RouteKey> = Loose<ParametersOf<K, "query">>;
/** The JSON body of a route. */
export type BodyOf<K extends RouteKey> =
  OperationOf<K> extends { requestBody?: { content: { "application/json": infer Body } } } ? Body : never;
type Success = 200 | 201 | 202;
/** The body of a successful response; `undefined` for one without a body. */
export type AnswerOf<K extends RouteKey> =
  OperationOf<K> extends { responses: infer R } ? BodyIn<R, keyof R & Success> : never;
type BodyIn<R, S extends keyof R> = [S] extends [never]
  ? undefined
  : { [Each in S]: R[Each] extends { content: { "application/json": infer Body } } ? Body : undefined }[S];

/** A filter that is empty or not set is not sent. */
type Loose<T> = { [N in keyof T]?: T[N] | undefined };

/** What a call sends. */
export interface CallOptions<K extends RouteKey> {
  readonly params?: ParametersOf<K, "path">;
  readonly query?: QueryOf<K>;
  readonly body?: BodyOf<K>;
  /** A body that is JSON already. Its bytes are sent as they are. */
  readonly json?: string;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Calls the routes of an API, once each. @throws {RappelError} for a response that is an error, or without a response */
export interface Api {
  <K extends RouteKey>(key: K, options?: CallOptions<K>): Promise<AnswerOf<K>>;
  /** The response's text as it is, for payloads and exports: it is not parsed. */
  text<K extends RouteKey>(
    key: K,
    options?: CallOptions<K>,
  ): Promise<{ readonly text: string; readonly headers: Headers }>;
}

/** Where an API is, and how it is called. */
export interface ApiOptions {
  /** Default: the host that serves the page. */
  readonly url?: string;
  /** Sent with each request, such as credentials. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Called for a response 401. */
  readonly onRefused?: () => void;
  /** Default: the platform's own. */
  readonly fetch?: typeof fetch | undefined;
}

export function apiAt({ url, headers, onRefused, fetch }: ApiOptions): Api {
  const client = createClient<paths>({
    cache: "no-store",
    ...(url !== undefined && { baseUrl: url }),
    ...(fetch && { fetch: (request: Request) => fetch(request) }),
  });
  async function send(key: string, options: CallOptions<never> | undefined, parseAs: "json" | "text") {
    const { params, query, body, json, idempotencyKey, signal } = (options ?? {}) as Partial<Record<string, unknown>>;
    const [method = "", path = ""] = key.split(" ");
    const init = {
      params: { path: params, query: given(query) },
      headers: {
        ...headers(),
        ...(idempotencyKey !== undefined && { "idempotency-key": String(idempotencyKey) }),
        ...(json !== undefined && { "content-type": "application/json" }),
      },
      parseAs,
      ...(body !== undefined && { body }),
      ...(json !== undefined && { body: json, bodySerializer: String }),
      ...(signal !== undefined && { signal }),
    };
    // The key's own types are those of `Api`; here it may be any.
    const answered = await client
      .request(method.toLowerCase() as "get", path as "/v1/endpoints", init as never)
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === "AbortError") throw error;
        throw new RappelError({ status: 0, code: "OFFLINE", detail: reasonOf(error) });
      });
    const { data, error, response } = answered as { data?: unknown; error?: unknown; response: Response };
    if (response.status === 401) onRefused?.();
    if (!response.ok) throw errorOf(response, error);
    return { data, headers: response.headers };
  }
  const call = async (key: RouteKey, options?: CallOptions<never>) => (await send(key, options, "json")).data;
  return Object.assign(call as Api, {
    text: async (key: RouteKey, options?: CallOptions<never>) => {
      const { data, headers: answered } = await send(key, options, "text");
      return { text: String(data), headers: answered };
    },
  });
}

/** What is not a problem document comes from something between the caller and the API. */
function errorOf(response: Response, body: unknown): RappelError {
  const { code, detail, errors }: Problem = typeof body === "object" && body !== null ? body : {};
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new RappelError({
    status: response.status,
    code: code ?? "UNKNOWN",
    detail: detail ?? `The response was ${response.status}`,
    ...(errors !== undefined && { fields: errors }),
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
  });
}

type Problem = Partial<components["schemas"]["Problem"]> & { readonly errors?: readonly FieldProblem[] };

/** Node's fetch says only "fetch failed", and has the reason in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

function given(query: unknown = {}): Record<string, unknown> {
  const entries = Object.entries(query as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ""));
}
