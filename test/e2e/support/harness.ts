import { createKey } from "../../../lambdas/accounts/create-key.ts";
import { SCOPES, type Scope } from "../../../lambdas/accounts/model/key.ts";
import { clock, random } from "../../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../../../lambdas/adapters/dynamodb/keys.ts";
import { openTable, type Table } from "../../../lambdas/adapters/dynamodb/table.ts";
import { dynamodbClient } from "../../../local/emulator/engines/aws-clients.ts";
import { type Service, type ServiceOptions, startService } from "../../../local/emulator/service.ts";
import { isRecording, record } from "../../privileges/record.ts";
import { undocumented } from "./documented.ts";
import { PrivateTexts } from "./private-texts.ts";
import { followLog, sharedService } from "./shared.ts";

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
  /** Ends it. @throws {Error} where anything private is in the logs: every story is a proof of that */
  stop(): Promise<void>;
}

/** Starts the service on a free port. The first start after a change of the sources synthesises: allow 60 s. */
export async function startRappel(
  options: Pick<ServiceOptions, "overrides" | "meter" | "faults" | "dataFolder"> = {},
): Promise<Rappel> {
  const logs: string[] = [];
  const service = await startService({
    ...options,
    meter: options.meter ?? (isRecording() || options.faults ? "calls" : false),
    port: 0,
    log: {
      line: (name, line) => logs.push(`${name}: ${line}`),
      failed: (name, reason, message) => logs.push(`${name}: invocation ${reason}: ${message}`),
    },
    progress: () => undefined,
  });
  const { expectNoLeaks, ...ways } = waysInto(service.url, service.table);
  return {
    url: service.url,
    service,
    logs,
    ...ways,
    stop: async () => {
      await service.stop();
      record(service);
      expectNoLeaks(logs);
    },
  };
}

/** Takes part in the service that stories share: each has accounts of its own there, and leaves settings as they are. */
export async function joinRappel(): Promise<Omit<Rappel, "service">> {
  const { url, engines, table, log, recorder } = sharedService();
  const logs = followLog(log);
  const client = dynamodbClient(engines);
  const { expectNoLeaks, ...ways } = waysInto(url, openTable(table, client));
  return {
    url,
    get logs() {
      return logs();
    },
    ...ways,
    stop: async () => {
      client.destroy();
      await fetch(recorder);
      expectNoLeaks(logs());
    },
  };
}

function waysInto(url: string, table: Table) {
  const world = { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) };
  const privates = new PrivateTexts();
  const callerOf = async (account: string | undefined, scopes: readonly Scope[]) => {
    const { key, secret } = await createKey(world, account, { scopes });
    const authorization = `Basic ${Buffer.from(`${key.id}:${secret}`).toString("base64")}`;
    return callerWith(url, account ?? "", authorization, privates);
  };
  return {
    operator: () => callerOf(undefined, SCOPES),
    callerOf: (account: string, scopes: readonly Scope[] = SCOPES) => callerOf(account, scopes),
    expectNoLeaks: (logs: readonly string[]) => {
      const leaks = privates.leaksIn(logs);
      if (leaks.length > 0) throw new Error(`What is private was logged:\n${leaks.join("\n")}`);
    },
  };
}

/**
 * A way into the API of a service that runs anywhere.
 * @param authorization the value of that header
 * @param privates told of what is sent and shown
 */
export function callerWith(url: string, account: string, authorization: string, privates = new PrivateTexts()): Caller {
  privates.keepAuthorization(authorization);
  return {
    account,
    authorization,
    call: async (method, path, body, headers = {}) => {
      const isRaw = typeof body === "string" || body instanceof Uint8Array;
      const sent = isRaw ? body : JSON.stringify(body);
      if (sent !== undefined) privates.keepBody(Buffer.from(sent).toString());
      const answer = await fetch(url + path, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: sent }),
      });
      const text = await answer.text();
      privates.keepAnswer(text);
      const told = { status: answer.status, headers: answer.headers, text, json: parse(text) };
      const unknown = undocumented(method, path, told);
      if (unknown !== undefined) throw new Error(`The API's document does not say that ${unknown}`);
      return told;
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
