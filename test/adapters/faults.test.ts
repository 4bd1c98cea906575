import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { Fault, Faults } from "../../local/emulator/usage-meter/fault.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { type Receiver, startReceiver } from "../e2e/support/receiver.ts";
import { type Handlers, type HttpAnswer, openHandlers } from "./handlers.ts";

const Created = z.object({ id: z.string() });
const Accepted = z.object({ id: z.string() });
const EventAnswer = z.object({ deliveries: z.array(z.object({ status: z.string() })) });

/** What goes wrong now. */
let faults: Faults = () => undefined;
let handlers: Handlers;
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

const FUNCTION_MS = 12_000;
const UNKEPT_MS = 3_000; // a wake-up that is late by more, with nobody but us to bring it, was lost
const SLOW: Fault = { kind: "slow", delayMs: 1_000 };
/** As each service throttles, breaks, or falls silent. Names of errors: the services' API references, "Errors". */
const TROUBLES: Readonly<Record<"dynamodb" | "sqs" | "scheduler" | "kms", readonly [name: string, fault: Fault][]>> = {
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

function error(status: number, type: string, isDone = false): Fault {
  return { kind: "error", status, type, isDone };
}

/** An account of its own, and its way in. */
async function open(account: string) {
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
      if (statusCode === 404) return ["not logged yet"];
      const { deliveries } = EventAnswer.parse(JSON.parse(body));
      return deliveries.map(({ status }) => status);
    },
  };
}

async function receive(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...args);
  receivers.push(receiver);
  return receiver;
}

/** Runs what a queue holds until it is empty. */
async function drain(queue: "events" | "wakes"): Promise<void> {
  while ((await handlers.turn(queue)).received > 0);
}

/** A promise that nobody keeps is the sweeper's, after two minutes: here, as if they had passed. */
async function sweepEarly(endpoint: string): Promise<void> {
  const states = dynamoStates(handlers.table);
  const { wakeAt } = (await states.read([endpoint])).get(endpoint) ?? {};
  if (wakeAt === undefined || wakeAt > Date.now() - UNKEPT_MS) return;
  const long = Date.now() - (LIMITS.overdueSeconds + 1) * 1_000;
  await states.update(endpoint, { set: { wakeAt: long }, onlyIf: [{ field: "wakeAt", is: "equal", to: wakeAt }] });
  await handlers.sweep(undefined);
}

function isRefusedForNow({ statusCode, headers }: HttpAnswer): boolean {
  return statusCode === 503 && Number(headers["retry-after"]) > 0;
}

describe.each(["dynamodb", "sqs"] as const)("while %s is in trouble, accept", (service) => {
  it.each(TROUBLES[service])(
    "answers 503 with Retry-After when it %s, and nothing was accepted",
    { timeout: 300_000 },
    async (_, fault) => {
      // A new key: one that was read before would be trusted without the table.
      const { send } = await open(`accept-${crypto.randomUUID()}`);
      faults = (passing) => (passing.service === service ? fault : undefined);
      const answer = await send(1);
      expect(isRefusedForNow(answer), JSON.stringify(answer)).toBe(true);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      faults = () => undefined;
      expect((await handlers.turn("events")).received).toBe(0);
    },
  );

  it("answers 202, a little later, when it is slow", async () => {
    const { send } = await open(`slow-${service}`);
    faults = (passing) => (passing.service === service ? SLOW : undefined);
    const begun = Date.now();
    expect((await send(1)).statusCode).toBe(202);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1_000);
    faults = () => undefined;
    await drain("events");
  });
});

describe("while the table is in trouble, dispatch", () => {
  it.each(TROUBLES.dynamodb)(
    "settles nothing when it %s, and the next receive delivers it",
    { timeout: 300_000 },
    async (_, fault) => {
      const receiver = await receive();
      const { send, register, statusesOf } = await open(`dispatch-${crypto.randomUUID()}`);
      await register(receiver.url);
      const { id } = Accepted.parse(JSON.parse((await send(1)).body));
      faults = ({ service }) => (service === "dynamodb" ? fault : undefined);
      expect(await handlers.turn("events")).toEqual({ received: 1, failed: 1 });
      faults = () => undefined;
      expect(await handlers.turn("events")).toEqual({ received: 1, failed: 0 });
      await receiver.waitFor(1);
      expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["delivered"]]);
    },
  );

  it("leaves to the next receive what it has POSTed and cannot write down: it comes twice, under one id", {
    timeout: 300_000,
  }, async () => {
    const receiver = await receive();
    const { send, register, statusesOf } = await open("unwritten");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    faults = ({ action }) => (action === "PutItem" ? error(500, "InternalServerError") : undefined);
    expect(await handlers.turn("events")).toEqual({ received: 1, failed: 1 });
    faults = () => undefined;
    expect(await handlers.turn("events")).toEqual({ received: 1, failed: 0 });
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await statusesOf(id)).toEqual(["delivered"]);
  });

  it("does not POST again what was written down though the table said otherwise", { timeout: 300_000 }, async () => {
    const receiver = await receive();
    const { send, register, statusesOf } = await open("written");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    faults = ({ action }) => (action === "PutItem" ? error(500, "InternalServerError", true) : undefined);
    await handlers.turn("events");
    faults = () => undefined;
    await drain("events");
    expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["delivered"]]);
  });
});

describe("while the Scheduler is in trouble, dispatch", () => {
  it.each(TROUBLES.scheduler)(
    "leaves the wake-up to a queue's delay when it %s",
    { timeout: 300_000 },
    async (_, fault) => {
      const receiver = await receive(() => ({ status: 503 }));
      const { send, register, statusesOf } = await open(`scheduler-${crypto.randomUUID()}`);
      await register(receiver.url);
      const { id } = Accepted.parse(JSON.parse((await send(1)).body));
      const sent: string[] = [];
      faults = ({ service, action }) => {
        if (action === "SendMessage") sent.push(action);
        return service === "scheduler" ? fault : undefined;
      };
      expect(await handlers.turn("events")).toEqual({ received: 1, failed: 0 });
      expect([sent, await statusesOf(id)]).toEqual([["SendMessage"], ["pending"]]);
    },
  );

  it("and the queue too, settles nothing: the promise is kept by the next receive", { timeout: 300_000 }, async () => {
    const receiver = await receive(() => ({ status: 503 }));
    const { send, register, statusesOf } = await open("no-timer");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    faults = ({ service }) => (service === "dynamodb" ? undefined : error(500, "InternalServerException"));
    expect(await handlers.turn("events")).toEqual({ received: 1, failed: 1 });
    faults = () => undefined;
    expect(await handlers.turn("events")).toEqual({ received: 1, failed: 0 });
    // Logged by then: it waits for its round, and is not POSTed again.
    expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["pending"]]);
  });
});

describe("whatever goes wrong, call by call,", () => {
  it("what was answered with 202 is delivered, and what was refused can be sent again under its key", {
    timeout: 900_000,
  }, async () => {
    const { next: random } = seededRandom(20_261_122);
    const receiver = await receive(() => (random() < 0.2 ? { status: 500 } : {}));
    const { send, register, statusesOf } = await open("storm");
    const endpoint = await register(receiver.url, { retrySchedule: [{ times: 30, everySeconds: 1 }] });
    const troubles = Object.values(TROUBLES)
      .flat()
      .map(([, fault]) => fault)
      .filter(({ kind }) => kind === "error" || kind === "hang up");
    faults = ({ service }) => {
      if (random() > 0.2) return undefined;
      const own = TROUBLES[service].map(([, fault]) => fault).filter((fault) => troubles.includes(fault));
      const fault = own[Math.floor(random() * own.length)];
      return fault?.kind === "error" && random() < 0.5 ? { ...fault, isDone: true } : fault;
    };
    const acknowledged: string[] = [];
    let refused = 0;
    for (let n = 0; n < 60; n++) {
      for (let tries = 0; tries < 40; tries++) {
        const answer = await send(n, { "idempotency-key": `storm-${n}` });
        if (answer.statusCode === 202) {
          acknowledged.push(Accepted.parse(JSON.parse(answer.body)).id);
          break;
        }
        refused++;
        // 409: the first request under this key may still be under way. That is no storm's business: a new key.
        if (answer.statusCode === 409) break;
        expect(isRefusedForNow(answer), JSON.stringify(answer)).toBe(true);
      }
    }
    for (let turn = 0; turn < 40; turn++)
      await Promise.all([handlers.turn("events"), handlers.turn("wakes")]).catch(() => undefined);
    faults = () => undefined;
    const isDelivered = async (id: string) => (await statusesOf(id)).every((status) => status === "delivered");
    for (const until = Date.now() + 300_000; Date.now() < until; ) {
      await handlers.turn("events");
      await handlers.turn("wakes");
      await sweepEarly(endpoint);
      if ((await Promise.all(acknowledged.map(isDelivered))).every(Boolean)) break;
    }
    expect(refused).toBeGreaterThan(0);
    expect(acknowledged.length).toBeGreaterThan(30);
    const arrived = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
    expect(acknowledged.filter((id) => !arrived.has(id))).toEqual([]);
    expect(await Promise.all(acknowledged.map(statusesOf))).toEqual(acknowledged.map(() => ["delivered"]));
  });
});
