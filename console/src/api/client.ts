import type * as z from "zod";
import type { Problem } from "../../../lambdas/http/responses/common.ts";
import type { Operation, Routes } from "../../../lambdas/http/routes.ts";

/** Every route by method and path. The types are those of the API's own table of routes; nothing of it is in the bundle. */
type ByKey = { [O in Operation as `${Routes[O]["method"]} ${Routes[O]["path"]}`]: Routes[O] };
type Key = keyof ByKey;

type InputOf<R, Name extends string> = R extends { readonly [N in Name]: infer S extends z.ZodType }
  ? z.input<S>
  : never;
type BodyOf<R> = R extends { readonly body: { readonly schema: infer S extends z.ZodType } } ? z.input<S> : never;
/** Numbers in a query are sent as text. */
type Loose<T> = { [N in keyof T]?: T[N] | number | undefined };
interface Options<K extends Key> {
  readonly params?: InputOf<ByKey[K], "params">;
  readonly query?: Loose<InputOf<ByKey[K], "query">>;
  readonly body?: BodyOf<ByKey[K]>;
  readonly signal?: AbortSignal;
}
export type AnswerOf<K extends Key> = ByKey[K]["answer"] extends { readonly schema: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

type ProblemBody = z.output<typeof Problem>;

/** An error response of the API, or a request that got none. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** `OFFLINE`: there was no response. */
  readonly code: string;
  readonly fields: NonNullable<ProblemBody["errors"]>;
  constructor(status: number, code: string, detail: string, fields: NonNullable<ProblemBody["errors"]> = []) {
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
  async function send(key: Key, options: Options<never> & { body?: unknown; query?: unknown; params?: unknown } = {}) {
    const [method = "", template = ""] = key.split(" ");
    const response = await fetch(pathOf(template, options.params, options.query), {
      method,
      headers: { ...headers(), ...(options.body !== undefined && { "content-type": "application/json" }) },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(options.signal && { signal: options.signal }),
      cache: "no-store",
    }).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError(0, "OFFLINE", "");
    });
    if (response.status === 401) onRefused();
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  const call = async (key: Key, options?: Options<never>) => {
    const response = await send(key, options);
    return response.status === 204 ? undefined : response.json();
  };
  return Object.assign(call as Client, {
    text: async (key: Key, options?: Options<never>) => (await send(key, options)).text(),
    part: async (key: "GET /v1/export", cursor?: string) => {
      const response = await send(key, { query: { cursor } as never });
      return { text: await response.text(), next: response.headers.get("rappel-next-cursor") ?? undefined };
    },
  });
}

function pathOf(template: string, params: unknown = {}, query: unknown = {}): string {
  const values = new Map(Object.entries(params as Record<string, string>));
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query as Record<string, unknown>))
    if (value !== undefined && value !== "") search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  const problem: Partial<ProblemBody> = await response.json().catch(() => ({}));
  return new ApiError(response.status, problem.code ?? "UNKNOWN", problem.detail ?? "", problem.errors);
}
