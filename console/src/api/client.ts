import createClient from "openapi-fetch";
import type { components, paths } from "../../../client/schema.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** Every route by method and path, such as `GET /v1/endpoints`. */
type ByKey = {
  [P in keyof paths as keyof {
    [M in Method as Exclude<paths[P][Lowercase<M>], undefined> extends never ? never : `${M} ${P}`]: 1;
  }]: P;
};
type Key = keyof ByKey & string;
type OperationOf<K extends Key> = K extends `${infer M extends Method} ${infer P extends keyof paths}`
  ? Exclude<paths[P][Lowercase<M>], undefined>
  : never;

type ParametersOf<K extends Key, In extends "path" | "query"> =
  OperationOf<K> extends {
    parameters: { [N in In]?: infer Given };
  }
    ? NonNullable<Given>
    : never;
type BodyOf<K extends Key> =
  OperationOf<K> extends { requestBody?: { content: { "application/json": infer Body } } } ? Body : never;
type Success = 200 | 201 | 202;
/** The body of a successful response; `undefined` for one without a body. */
export type AnswerOf<K extends Key> =
  OperationOf<K> extends { responses: infer R } ? BodyIn<R, keyof R & Success> : never;
type BodyIn<R, S extends keyof R> = [S] extends [never]
  ? undefined
  : { [Each in S]: R[Each] extends { content: { "application/json": infer Body } } ? Body : undefined }[S];

/** A filter that is empty or not set is not sent. */
type Loose<T> = { [N in keyof T]?: T[N] | undefined };
interface Options<K extends Key> {
  readonly params?: ParametersOf<K, "path">;
  readonly query?: Loose<ParametersOf<K, "query">>;
  readonly body?: BodyOf<K>;
  readonly signal?: AbortSignal;
}

type Problem = components["schemas"]["Problem"];

/** An error response of the API, or a request that got none. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** `OFFLINE`: there was no response. */
  readonly code: string;
  readonly fields: NonNullable<Problem["errors"]>;
  constructor(status: number, code: string, detail: string, fields: NonNullable<Problem["errors"]> = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** Calls the API of the host that serves this page. */
export interface Client {
  <K extends Key>(key: K, options?: Options<K>): Promise<AnswerOf<K>>;
  /** The response as it is, for payloads and exports: their bytes are not parsed. */
  text<K extends Key>(key: K, options?: Options<K>): Promise<string>;
  /** A part of a text that is sent in parts, and where the next one begins. */
  part(key: "GET /v1/export", cursor?: string): Promise<{ readonly text: string; readonly next: string | undefined }>;
}

/** @param headers credentials, sent with each request @param onRefused called if they are no longer valid */
export function clientWith(headers: () => Record<string, string>, onRefused: () => void): Client {
  const client = createClient<paths>({ cache: "no-store" });
  async function send(
    key: Key,
    { params, query, body, signal }: Options<never> & { body?: unknown; query?: unknown; params?: unknown } = {},
    parseAs: "json" | "text" = "json",
  ) {
    const [method = "", path = ""] = key.split(" ");
    const init = {
      params: { path: params, query: given(query) },
      headers: headers(),
      parseAs,
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    };
    // The key's own types are those of `Client`; here it may be any.
    const answered = await client
      .request(method.toLowerCase() as "get", path as "/v1/endpoints", init as never)
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw new ApiError(0, "OFFLINE", "");
      });
    const { data, error, response } = answered as { data?: unknown; error?: Partial<Problem>; response: Response };
    if (response.status === 401) onRefused();
    if (!response.ok) throw new ApiError(response.status, error?.code ?? "UNKNOWN", error?.detail ?? "", error?.errors);
    return { data, response };
  }

  const call = async (key: Key, options?: Options<never>) => (await send(key, options)).data;
  return Object.assign(call as Client, {
    text: async (key: Key, options?: Options<never>) => String((await send(key, options, "text")).data),
    part: async (key: "GET /v1/export", cursor?: string) => {
      const { data, response } = await send(key, { query: { cursor } as never }, "text");
      return { text: String(data), next: response.headers.get("rappel-next-cursor") ?? undefined };
    },
  });
}

function given(query: unknown = {}): Record<string, unknown> {
  const entries = Object.entries(query as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ""));
}
