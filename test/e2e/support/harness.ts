import * as z from "zod";
import { createKey } from "../../../lambdas/accounts/create-key.ts";
import { SCOPES, type Scope } from "../../../lambdas/accounts/model/key.ts";
import { clock, random } from "../../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../../../lambdas/adapters/dynamodb/keys.ts";
import { openTable, type Table } from "../../../lambdas/adapters/dynamodb/table/table.ts";
import { dynamodbClient } from "../../../local/emulator/engines/aws-clients.ts";
import { type Service, type ServiceOptions, startService } from "../../../local/emulator/service.ts";
import { isRecording, record } from "../../privileges/record.ts";
import { undocumented } from "./documented.ts";
import { PrivateTexts } from "./private-texts.ts";
import { followLog, sharedService } from "./shared.ts";
import { noteFormats } from "./webhook-bodies.ts";

/** The answer to an API call. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, or `undefined` if it is not JSON. */
  readonly json: unknown;
}

/** Calls the API for one account. */
export interface Caller {
  readonly account: string;
  /** The value of `Authorization`. */
  readonly authorization: string;
  /** Calls the API. Strings and bytes are sent as they are, anything else as JSON. The media type is JSON unless `headers` set another. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Calls the API with a session's cookie, as the console does. */
export interface SessionCaller extends Caller {
  /** Of the session and its link. */
  readonly id: string;
  readonly url: string;
  /** The value of `Cookie`. */
  readonly cookie: string;
}

/** The whole service, in memory, for one test file. */
export interface Rappel {
  readonly url: string;
  readonly service: Service;
  /** All lines that the functions logged, and failed invocations. */
  readonly logs: readonly string[];
  /** Creates a key of an account. @param scopes default all */
  callerOf(account: string, scopes?: readonly Scope[]): Promise<Caller>;
  /** Creates an operator key, which acts for the account that each request names. */
  operator(): Promise<Caller>;
  /** Opens a session of the console by a link that an operator key creates. @param link the body of that request */
  sessionOf(account: string, link?: object): Promise<SessionCaller>;
  /** Stops the service. @throws {Error} if a private text is in the logs; so every end-to-end test checks that */
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
  const { expectNoLeaks, ...callers } = callersOf(service.url, service.table);
  return {
    url: service.url,
    service,
    logs,
    ...callers,
    stop: async () => {
      await service.stop();
      record(service);
      expectNoLeaks(logs);
    },
  };
}

/** Joins the service that end-to-end tests share. Each test has its own accounts there and does not change settings. */
export async function joinRappel(): Promise<Omit<Rappel, "service">> {
  const { url, engines, table, log, recorder } = sharedService();
  const logs = followLog(log);
  const client = dynamodbClient(engines);
  const { expectNoLeaks, ...callers } = callersOf(url, openTable(table, client));
  return {
    url,
    get logs() {
      return logs();
    },
    ...callers,
    stop: async () => {
      client.destroy();
      await fetch(recorder);
      expectNoLeaks(logs());
    },
  };
}

function callersOf(url: string, table: Table) {
  const world = { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) };
  const privates = new PrivateTexts();
  const callerOf = async (account: string | undefined, scopes: readonly Scope[]) => {
    const { key, secret } = await createKey(world, account, { scopes });
    const authorization = `Basic ${Buffer.from(`${key.id}:${secret}`).toString("base64")}`;
    return callerWith(url, account ?? "", authorization, privates);
  };
  const sessionOf = async (account: string, link: object = {}): Promise<SessionCaller> => {
    const by = await callerOf(undefined, SCOPES);
    const created = await by.call("POST", `/v1/accounts/${account}/portal-links`, { scopes: SCOPES, ...link });
    const { id, url: linkUrl } = z.object({ id: z.string(), url: z.string() }).parse(created.json);
    const code = linkUrl.split("#code=")[1];
    const opened = await callerWith(url, account, undefined, privates).call("POST", "/v1/sessions", { code });
    const [cookie = ""] = opened.headers.get("set-cookie")?.split(";") ?? [];
    privates.keepCookie(cookie);
    const own = { cookie, origin: new URL(url).origin };
    const { call, authorization } = callerWith(url, account, undefined, privates);
    const withCookie: Caller["call"] = (method, path, body, more) => call(method, path, body, { ...own, ...more });
    return { account, authorization, id, url: linkUrl, cookie, call: withCookie };
  };
  return {
    operator: () => callerOf(undefined, SCOPES),
    sessionOf,
    callerOf: (account: string, scopes: readonly Scope[] = SCOPES) => callerOf(account, scopes),
    expectNoLeaks: (logs: readonly string[]) => {
      const leaks = privates.leaksIn(logs);
      if (leaks.length > 0) throw new Error(`Private texts were logged:\n${leaks.join("\n")}`);
    },
  };
}

/**
 * A caller for a service that may run anywhere.
 * @param authorization the value of the `Authorization` header, if it is sent
 * @param privates collects the private texts that are sent and received
 */
export function callerWith(
  url: string,
  account: string,
  authorization: string | undefined,
  privates = new PrivateTexts(),
): Caller {
  if (authorization !== undefined) privates.keepAuthorization(authorization);
  return {
    account,
    authorization: authorization ?? "",
    call: async (method, path, body, headers = {}) => {
      const isRaw = typeof body === "string" || body instanceof Uint8Array;
      const sent = isRaw ? body : JSON.stringify(body);
      if (sent !== undefined) privates.keepBody(Buffer.from(sent).toString());
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: sent }),
      });
      const text = await answer.text();
      privates.keepAnswer(text);
      const answered = { status: answer.status, headers: answer.headers, text, json: parse(text) };
      const unknown = undocumented(method, path, answered);
      noteFormats(answered.json);
      if (unknown !== undefined) throw new Error(`The OpenAPI document does not list that ${unknown}`);
      return answered;
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
