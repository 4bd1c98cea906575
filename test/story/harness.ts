import { dynamoAccounts } from "../../lambdas/aws/accounts.ts";
import { clock, dice } from "../../lambdas/aws/clock-and-dice.ts";
import { dynamoKeys } from "../../lambdas/aws/keys.ts";
import { SCOPES, type Scope } from "../../lambdas/core/key.ts";
import { createKey } from "../../lambdas/flow/create-key.ts";
import { type Service, type ServiceOptions, startService } from "../../local/runtime/service.ts";

/** What an API call answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body parsed, `undefined` where it is no JSON. */
  readonly json: unknown;
}

/** One account's way into the API. */
export interface Caller {
  readonly account: string;
  /** The value of `Authorization`. */
  readonly authorization: string;
  /** Calls the API. A string or bytes go as they are, anything else as JSON; the media type is JSON unless `headers` say so. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** The whole service, in memory, for one test file. */
export interface Rappel {
  readonly url: string;
  readonly service: Service;
  /** All that the functions logged, and failed invocations: a story may assert that there were none. */
  readonly logs: readonly string[];
  /** Makes a key of an account. @param scopes all of them, if not said */
  callerOf(account: string, scopes?: readonly Scope[]): Promise<Caller>;
  /** Makes an operator's key, which acts for the account that each request names. */
  operator(): Promise<Caller>;
  stop(): Promise<void>;
}

/** Starts the service on a free port. The first start after a change of the sources synthesises: allow 60 s. */
export async function startRappel(options: Pick<ServiceOptions, "overrides" | "meter"> = {}): Promise<Rappel> {
  const logs: string[] = [];
  const service = await startService({
    ...options,
    port: 0,
    log: {
      line: (name, line) => logs.push(`${name}: ${line}`),
      failed: (name, reason, message) => logs.push(`${name}: invocation ${reason}: ${message}`),
    },
    progress: () => undefined,
  });
  const world = { clock, dice, keys: dynamoKeys(service.table), accounts: dynamoAccounts(service.table) };
  return {
    url: service.url,
    service,
    logs,
    operator: async () => {
      const { key, secret } = await createKey(world, undefined, { scopes: SCOPES });
      return callerWith(service.url, "", `Basic ${Buffer.from(`${key.id}:${secret}`).toString("base64")}`);
    },
    callerOf: async (account, scopes = SCOPES) => {
      const { key, secret } = await createKey(world, account, { scopes });
      return callerWith(service.url, account, `Basic ${Buffer.from(`${key.id}:${secret}`).toString("base64")}`);
    },
    stop: service.stop,
  };
}

/** A way into the API of a service that runs anywhere. @param authorization the value of that header */
export function callerWith(url: string, account: string, authorization: string): Caller {
  return {
    account,
    authorization,
    call: async (method, path, body, headers = {}) => {
      const isRaw = typeof body === "string" || body instanceof Uint8Array;
      const answer = await fetch(url + path, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: parse(text) };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
