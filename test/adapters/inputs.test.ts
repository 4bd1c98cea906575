import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { encodeEvent, encodeEventMessage } from "../../lambdas/adapters/aws/event-message.ts";
import { encodeWake } from "../../lambdas/adapters/aws/wake-message.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { eventWith } from "../support/examples.ts";
import { type Handlers, openHandlers } from "./handlers.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/aws/${name}.json`, import.meta.url), "utf8"));
const Told = z.object({
  source: z.url({ hostname: /^docs\.aws\.amazon\.com$/ }),
  section: z.string(),
  readOn: z.iso.date(),
});
const Gateway = z.object({ event: z.looseObject({ requestContext: z.looseObject({ http: z.looseObject({}) }) }) });
const Sqs = z.object({ event: z.object({ Records: z.tuple([z.looseObject({}), z.looseObject({})]) }) });
const Scheduler = z.object({ replaced: z.array(z.string()) });
const Accepted = z.object({ id: z.string() });

let handlers: Handlers;
beforeAll(async () => {
  handlers = await openHandlers();
}, 300_000);
afterAll(() => handlers?.stop());

/** The documented request, with its own method, path, headers and body. */
function requestOf(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
  isBase64Encoded = false,
) {
  const { event } = Gateway.parse(fixture("api-gateway-v2"));
  const { body: _, ...rest } = event;
  return {
    ...rest,
    routeKey: `${method} ${path}`,
    rawPath: path,
    headers: { ...z.record(z.string(), z.string()).parse(event["headers"]), ...headers },
    requestContext: {
      ...event.requestContext,
      routeKey: `${method} ${path}`,
      http: { ...event.requestContext.http, method, path },
    },
    // A request without a body has no such field.
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

/** The documented batch of two, with bodies of our own. */
function batchOf(bodies: readonly [string, string]) {
  const { Records } = Sqs.parse(fixture("sqs")).event;
  return { Records: Records.map((record, i) => ({ ...record, body: bodies[i] })) };
}

describe("what AWS documents", () => {
  it.each(["api-gateway-v2", "sqs", "scheduler"])("of %s is kept with its address and the day it was read", (name) => {
    expect(Told.safeParse(fixture(name)).error).toBeUndefined();
  });
});

describe("a request as API Gateway hands it over", () => {
  it("is accepted, as text and in base64", async () => {
    const headers = { authorization: await handlers.authorization("gateway"), "content-type": "application/json" };
    const body = '{"type":"t","data":"é"}';
    for (const [text, isBase64] of [
      [body, false],
      [Buffer.from(body).toString("base64"), true],
    ] as const) {
      const answer = await handlers.http("accept", requestOf("POST", "/v1/events", headers, text, isBase64));
      expect([answer.statusCode, answer.headers["content-type"]]).toEqual([202, "application/json"]);
      expect(Accepted.safeParse(JSON.parse(answer.body)).success).toBe(true);
    }
  });

  it("without a body is read too, its query from the raw string", async () => {
    const headers = { authorization: await handlers.authorization("gateway") };
    const request = { ...requestOf("GET", "/v1/endpoints", headers), rawQueryString: "limit=1&limit=2" };
    expect(await handlers.http("api", request)).toMatchObject({ statusCode: 200 });
    const refused = { ...requestOf("GET", "/v1/endpoints", headers), rawQueryString: "limit=none" };
    expect(await handlers.http("api", refused)).toMatchObject({ statusCode: 422 });
  });

  it("as documented to the letter, for a path that is none of ours, is a 404 that says so", async () => {
    const { event } = Gateway.parse(fixture("api-gateway-v2"));
    const { statusCode, headers, body } = await handlers.http("api", event);
    expect([statusCode, headers["content-type"]]).toEqual([404, "application/problem+json"]);
    expect(JSON.parse(body)).toMatchObject({ code: "ROUTE_NOT_FOUND" });
  });
});

describe("a batch as Lambda hands it over from SQS", () => {
  it("is dispatched: both messages are settled, and their events are in the log", async () => {
    const events = [1, 2].map((n) =>
      eventWith({ id: newId("evt", Date.now(), Math.random), acceptedAt: Date.now(), payload: Buffer.from(String(n)) }),
    );
    const [one = "", two = ""] = events.map((event) => encodeEventMessage(event.account, [encodeEvent(event)]));
    expect(await handlers.sqsFed("dispatch", batchOf([one, two]))).toEqual([]);
    const authorization = await handlers.authorization(events[0]?.account ?? "");
    for (const { id } of events)
      expect(await handlers.http("api", requestOf("GET", `/v1/events/${id}`, { authorization }))).toMatchObject({
        statusCode: 200,
      });
  });

  it("with a body that is not ours gives back that message alone, by its messageId", async () => {
    const event = eventWith({ id: newId("evt", Date.now(), Math.random), acceptedAt: Date.now() });
    const good = encodeEventMessage(event.account, [encodeEvent(event)]);
    const failed = await handlers.sqsFed("dispatch", batchOf(["test", good]));
    expect(failed).toEqual(["059f36b4-87a3-44ab-83d2-661975830a7d"]);
  });
});

describe("what the Scheduler hands over", () => {
  const wake = { endpoint: "ep_01KAPQ8M6S0000000000000000", wakeAt: 1_795_287_970_000 };

  it("is a wake-up as it was put in: nothing of it is replaced on the way", () => {
    const { replaced } = Scheduler.parse(fixture("scheduler"));
    expect(replaced.filter((word) => encodeWake(wake).includes(word))).toEqual([]);
  });

  it("comes by way of SQS, and is kept; one of an endpoint that is gone is done with", async () => {
    expect(await handlers.sqsFed("wake", batchOf([encodeWake(wake), encodeWake(wake)]))).toEqual([]);
  });

  it.each([
    ["AWS's default notification, whatever it holds", { version: "0", source: "aws.scheduler", detail: "{}" }],
    ["nothing", undefined],
  ])("to the sweeper is %s", async (_, event) => {
    expect(await handlers.sweep(event)).toBe(0);
  });
});
