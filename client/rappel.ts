import { type AnswerOf, type Api, apiAt, type BodyOf, type CallOptions, type QueryOf, type RouteKey } from "./api.ts";
import { type Accepted, Batches, type BatchOptions, type NewEvent } from "./batches.ts";
import { RappelError } from "./errors.ts";
import { List, type Page } from "./pages.ts";
import { type Patience, patiently, wait } from "./retry.ts";

/** How to reach an API. */
export interface RappelOptions {
  /** The API's base URL, such as `https://hooks.example.com`: the stack's output `ApiUrl`, or what `npm start` prints. */
  readonly url: string;
  /** A key's id and secret: `key_…:…`. It needs the scopes of the routes that are called. */
  readonly key: string;
  /** With an operator's key: the account to act for. */
  readonly account?: string;
  readonly batch?: BatchOptions;
  /** How long a request is repeated while its error is temporary, in milliseconds. Default 30,000; 0: never. */
  readonly retryForMs?: number;
  /** How long one request may take, in milliseconds. Default 10,000, so that a request without a response is repeated too. */
  readonly timeoutMs?: number;
  /** Default: the platform's own. */
  readonly fetch?: typeof fetch;
}

type ListKey = { [K in RouteKey]: AnswerOf<K> extends { nextCursor: string | null } ? K : never }[RouteKey];
type ItemOf<K extends ListKey> = AnswerOf<K> extends { data: readonly (infer Item)[] } ? Item : never;
type Options<K extends RouteKey> = Omit<CallOptions<K>, "idempotencyKey">;

const FAILURES_KEPT = 100;
const KEY = /^(key_[0-7][0-9A-HJKMNP-TV-Z]{25}):(\S+)$/;
/** POSTs that the API carries out once for each Idempotency-Key: they may be repeated, as may all other methods. */
export const ONCE_BY_KEY = /^POST \/v1\/(endpoints|events|events\/\{id\}\/resend|recoveries|sources\/\w+)$/;

/**
 * A client of Rappel's API, for one key. Every method throws a {@link RappelError} with the API's `code`.
 *
 * ```ts
 * const rappel = new Rappel({ url: "https://hooks.example.com", key: "key_…:SECRET" });
 * await rappel.send({ type: "order.paid", data: { order: 7 } });
 * ```
 */
export class Rappel {
  readonly #api: Api;
  readonly #patience: Patience;
  readonly #timeoutMs: number;
  readonly #batches: Batches;
  /** Of events of `queue`. */
  readonly #failures: unknown[] = [];

  /** @throws {TypeError} for a URL or a key that cannot be one */
  constructor({ url, key, account, batch, retryForMs = 30_000, timeoutMs = 10_000, fetch }: RappelOptions) {
    if (!URL.canParse(url)) throw new TypeError("url is no URL, such as https://hooks.example.com");
    if (!KEY.test(key)) throw new TypeError("key is no key, such as key_…:SECRET");
    const headers = {
      authorization: `Basic ${btoa(key)}`,
      ...(account !== undefined && { "rappel-account": account }),
    };
    this.#api = apiAt({ url: url.replace(/\/+$/, ""), headers: () => headers, fetch });
    this.#patience = { retryForMs, wait, now: Date.now };
    this.#timeoutMs = timeoutMs;
    this.#batches = new Batches(async (json) => {
      const { data } = (await this.call("POST /v1/events", { json })) as { readonly data: readonly Accepted[] };
      return data; // the response to an array
    }, batch);
  }

  /**
   * Calls any route, such as `call("GET /v1/stats", { query: { by: "outcome" } })`. A request whose error is temporary is
   * repeated, if a repeat changes nothing twice.
   */
  async call<K extends RouteKey>(key: K, options: Options<K> = {}): Promise<AnswerOf<K>> {
    return this.#repeating(key, options, (each) => this.#api(key, each));
  }

  /** The same for a route whose response is not JSON, or must keep its digits: the text as it is. */
  async text<K extends RouteKey>(key: K, options: Options<K> = {}): Promise<string> {
    return (await this.answer(key, options)).text;
  }

  /** The text as it is, with the response's headers. */
  async answer<K extends RouteKey>(
    key: K,
    options: Options<K> = {},
  ): Promise<{ readonly text: string; readonly headers: Headers }> {
    return this.#repeating(key, options, (each) => this.#api.text(key, each));
  }

  /** Reads a list page by page, such as `list("GET /v1/deliveries", { status: "exhausted" })`. */
  list<K extends ListKey>(key: K, query?: QueryOf<K>, params?: CallOptions<K>["params"]): List<ItemOf<K>> {
    return new List(async (cursor) => {
      const options = { query: { ...query, ...(cursor !== undefined && { cursor }) }, ...(params && { params }) };
      return (await this.call(key, options as Options<K>)) as unknown as Page<ItemOf<K>>;
    });
  }

  /**
   * Sends an event, in one request with others that are sent at the same time. It is accepted when the promise is kept: SQS
   * has stored it. One whose promise fails was not accepted, or (`OFFLINE`) it is not known.
   */
  send(event: NewEvent): Promise<Accepted>;
  /** Sends several events. Each is accepted or refused for itself; the first error is thrown when all are answered. */
  send(events: readonly NewEvent[]): Promise<Accepted[]>;
  async send(sent: NewEvent | readonly NewEvent[]): Promise<Accepted | Accepted[]> {
    if (!isMany(sent)) return this.#batches.add(sent);
    const settled = await Promise.allSettled(sent.map((event) => this.#batches.add(event)));
    return settled.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
  }

  /**
   * Sends an event without waiting for the answer. Call `flush` before the process ends: it throws if the event was refused.
   */
  queue(event: NewEvent): void {
    this.send(event).catch((error: unknown) => {
      if (this.#failures.length < FAILURES_KEPT) this.#failures.push(error);
    });
  }

  /** Sends what waits, and waits for the answers. @throws the first error of an event of `queue`, since the last flush */
  async flush(): Promise<void> {
    await this.#batches.flush();
    const failures = this.#failures.splice(0);
    if (failures.length > 0) throw failures[0];
  }

  /**
   * A Lambda handler that flushes before it returns: nothing waits while the function is frozen. It throws if an event of
   * `queue` was refused, so that Lambda calls it again.
   */
  flushing<Arguments extends unknown[], T>(
    handler: (...args: Arguments) => Promise<T>,
  ): (...args: Arguments) => Promise<T> {
    return async (...args) => {
      const result = await handler(...args).catch(async (error: unknown) => {
        await this.flush().catch(() => undefined); // the handler's own error says more
        throw error;
      });
      await this.flush();
      return result;
    };
  }

  /** Registered URLs. */
  readonly endpoints = {
    list: (query?: QueryOf<"GET /v1/endpoints">) => this.list("GET /v1/endpoints", query),
    create: (body: BodyOf<"POST /v1/endpoints">) => this.call("POST /v1/endpoints", { body }),
    get: (id: string) => this.call("GET /v1/endpoints/{id}", { params: { id } }),
    update: (id: string, body: BodyOf<"PATCH /v1/endpoints/{id}">) =>
      this.call("PATCH /v1/endpoints/{id}", { params: { id }, body }),
    delete: (id: string) => this.call("DELETE /v1/endpoints/{id}", { params: { id } }),
    pause: (id: string, body: BodyOf<"POST /v1/endpoints/{id}/pause"> = {}) =>
      this.call("POST /v1/endpoints/{id}/pause", { params: { id }, body }),
    resume: (id: string, body: BodyOf<"POST /v1/endpoints/{id}/resume"> = {}) =>
      this.call("POST /v1/endpoints/{id}/resume", { params: { id }, body }),
    test: (id: string, body: BodyOf<"POST /v1/endpoints/{id}/test"> = {}) =>
      this.call("POST /v1/endpoints/{id}/test", { params: { id }, body }),
    secret: (id: string) => this.call("GET /v1/endpoints/{id}/secret", { params: { id } }),
    rotateSecret: (id: string, body: BodyOf<"POST /v1/endpoints/{id}/secret/rotate"> = {}) =>
      this.call("POST /v1/endpoints/{id}/secret/rotate", { params: { id }, body }),
    deliveries: (id: string, query?: QueryOf<"GET /v1/endpoints/{id}/deliveries">) =>
      this.list("GET /v1/endpoints/{id}/deliveries", query, { id }),
  };

  /** Events that were accepted. */
  readonly events = {
    list: (query?: QueryOf<"GET /v1/events">) => this.list("GET /v1/events", query),
    get: (id: string) => this.call("GET /v1/events/{id}", { params: { id } }),
    /** Its payload as it was sent, not parsed. */
    payload: (id: string) => this.text("GET /v1/events/{id}/payload", { params: { id } }),
    resend: (id: string, body: BodyOf<"POST /v1/events/{id}/resend"> = {}) =>
      this.call("POST /v1/events/{id}/resend", { params: { id }, body }),
  };

  /** Deliveries to all endpoints. */
  readonly deliveries = {
    list: (query?: QueryOf<"GET /v1/deliveries">) => this.list("GET /v1/deliveries", query),
  };

  /** Sending again what was missed. */
  readonly recoveries = {
    list: (query?: QueryOf<"GET /v1/recoveries">) => this.list("GET /v1/recoveries", query),
    create: (body: BodyOf<"POST /v1/recoveries">) => this.call("POST /v1/recoveries", { body }),
    get: (id: string) => this.call("GET /v1/recoveries/{id}", { params: { id } }),
    cancel: (id: string) => this.call("POST /v1/recoveries/{id}/cancel", { params: { id } }),
  };

  /** One key for all tries of a call, so that it is carried out once. */
  async #repeating<K extends RouteKey, T>(
    key: K,
    options: Options<K>,
    request: (options: CallOptions<K>) => Promise<T>,
  ): Promise<T> {
    const idempotencyKey = ONCE_BY_KEY.test(key) ? crypto.randomUUID() : undefined;
    const { signal: stopped } = options;
    const once = async () => {
      const timeout = AbortSignal.timeout(this.#timeoutMs);
      const signal = stopped === undefined ? timeout : AbortSignal.any([stopped, timeout]);
      try {
        return await request({ ...options, idempotencyKey, signal });
      } catch (error) {
        if (stopped?.aborted) throw stopped.reason;
        if (!timeout.aborted) throw error;
        throw new RappelError({ status: 0, code: "OFFLINE", detail: `No response within ${this.#timeoutMs} ms` });
      }
    };
    return !key.startsWith("POST ") || ONCE_BY_KEY.test(key) ? patiently(this.#patience, once, stopped) : once();
  }
}

function isMany(sent: NewEvent | readonly NewEvent[]): sent is readonly NewEvent[] {
  return Array.isArray(sent);
}
