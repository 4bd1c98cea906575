import { afterAll, beforeAll, beforeEach } from "vitest";
import * as z from "zod";
import type { Fault, Faults } from "../../local/emulator/usage-meter/fault.ts";
import { type Receiver, startReceiver } from "../e2e/support/receiver.ts";
import { type Handlers, type HttpAnswer, openHandlers } from "./handlers.ts";

const Created = z.object({ id: z.string() });
export const Accepted = z.object({ id: z.string() });
const EventAnswer = z.object({ deliveries: z.array(z.object({ status: z.string() })) });

const FUNCTION_MS = 12_000;

export const SLOW: Fault = { kind: "slow", delayMs: 1_000 };
/** How each service throttles, fails or stops answering. Names of errors: the services' API references, "Errors". */
export const FAULTS: Readonly<
  Record<"dynamodb" | "sqs" | "scheduler" | "kms", readonly [name: string, fault: Fault][]>
> = {
  dynamodb: [
    ["throttles", error(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException")],
    ["has no capacity", error(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")],
    ["answers 500", error(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")],
    ["hangs up", { kind: "hang up" }],
    ["does not answer", { kind: "silent" }],
  ],
  sqs: [
    ["throttles", error(400, "com.amazonaws.sqs#RequestThrottled")],
    ["answers 503", error(503, "com.amazonaws.sqs#ServiceUnavailable")],
    ["hangs up", { kind: "hang up" }],
    ["does not answer", { kind: "silent" }],
  ],
  kms: [
    ["throttles", error(400, "ThrottlingException")],
    ["answers 500", error(500, "KMSInternalException")],
    ["hangs up", { kind: "hang up" }],
    ["does not answer", { kind: "silent" }],
  ],
  scheduler: [
    ["throttles", error(429, "ThrottlingException")],
    ["has too many schedules", error(402, "ServiceQuotaExceededException")],
    ["answers 500", error(500, "InternalServerException")],
    ["hangs up", { kind: "hang up" }],
    ["does not answer", { kind: "silent" }],
  ],
};

export function error(status: number, type: string, isDone = false): Fault {
  return { kind: "error", status, type, isDone };
}

/** A caller of a new account. */
async function open(handlers: Handlers, account: string) {
  const authorization = await handlers.authorization(account);
  const call = (
    name: "accept" | "api",
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) =>
    handlers.http(name, {
      rawPath: path,
      rawQueryString: "",
      headers: { authorization, "content-type": "application/json", ...headers },
      requestContext: { http: { method } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      isBase64Encoded: false,
    });
  return {
    send: (data: unknown, headers?: Record<string, string>) =>
      call("accept", "POST", "/v1/events", { type: "t", data }, headers),
    register: async (url: string, more: object = {}) =>
      Created.parse(
        JSON.parse(
          (
            await call("api", "POST", "/v1/endpoints", {
              url,
              eventTypes: ["*"],
              format: "raw",
              timeoutMs: 1_000,
              ...more,
            })
          ).body,
        ),
      ).id,
    statusesOf: async (id: string) => {
      const { statusCode, body } = await call("api", "GET", `/v1/events/${id}`);
      if (statusCode !== 200) return [`answered ${statusCode}`]; // not logged yet, or a service is slow
      const { deliveries } = EventAnswer.parse(JSON.parse(body));
      return deliveries.map(({ status }) => status);
    },
  };
}

export function isRefusedForNow({ statusCode, headers }: HttpAnswer): boolean {
  return statusCode === 503 && Number(headers["retry-after"]) > 0;
}

/** The functions of one test file, on local engines whose answers `fail` replaces. */
export function openFaultyServices() {
  let faults: Faults = () => undefined;
  let handlers: Handlers | undefined;
  const receivers: Receiver[] = [];
  beforeAll(async () => {
    handlers = await openHandlers((passing) => faults(passing), FUNCTION_MS);
  }, 300_000);
  beforeEach(() => {
    faults = () => undefined;
  });
  afterAll(async () => {
    await Promise.all(receivers.map((receiver) => receiver.stop()));
    await handlers?.stop();
  });
  const running = (): Handlers => {
    if (handlers === undefined) throw new Error("The functions have not started");
    return handlers;
  };
  return {
    handlers: running,
    /** Sets which calls fail from now on, and how. */
    fail: (next: Faults): void => {
      faults = next;
    },
    /** Lets all calls through again. */
    repair: (): void => {
      faults = () => undefined;
    },
    open: (account: string) => open(running(), account),
    async receive(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
      const receiver = await startReceiver(...args);
      receivers.push(receiver);
      return receiver;
    },
    /** Runs the messages of a queue until it is empty. */
    async drain(queue: "events" | "wakes"): Promise<void> {
      while ((await running().turn(queue)).received > 0);
    },
  };
}
