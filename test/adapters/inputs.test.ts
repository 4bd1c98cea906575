import { readFileSync } from "node:fs";
import { GetQueueAttributesCommand, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { encodeEvent, encodeEventMessage } from "../../lambdas/adapters/aws/event-message.ts";
import { encodeWake } from "../../lambdas/adapters/aws/wake-message.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { eventWith } from "../support/examples.ts";
import { type Handlers, openHandlers } from "./handlers.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/aws/${name}.json`, import.meta.url), "utf8"));
const Documented = z.object({
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

/** The documented request with another method, path, headers and body. */
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
    // A request without a body has no `body` field.
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

/** The documented batch of two messages with other bodies. */
function batchOf(bodies: readonly [string, string]) {
  const { Records } = Sqs.parse(fixture("sqs")).event;
  return { Records: Records.map((record, i) => ({ ...record, body: bodies[i] })) };
}

describe("AWS documentation", () => {
  it.each(["api-gateway-v2", "sqs", "scheduler"])(
    "the fixture of %s names its page and the day it was read",
    (name) => {
      expect(Documented.safeParse(fixture(name)).error).toBeUndefined();
    },
  );
});

describe("a request from API Gateway", () => {
  it("a request from API Gateway is accepted as text and in base64", async () => {
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

  it("a request from API Gateway without a body is accepted, with its raw query string", async () => {
    const headers = { authorization: await handlers.authorization("gateway") };
    const request = { ...requestOf("GET", "/v1/endpoints", headers), rawQueryString: "limit=1&limit=2" };
    expect(await handlers.http("api", request)).toMatchObject({ statusCode: 200 });
    const refused = { ...requestOf("GET", "/v1/endpoints", headers), rawQueryString: "limit=none" };
    expect(await handlers.http("api", refused)).toMatchObject({ statusCode: 422 });
  });

  it("the documented request with an unknown path is answered 404", async () => {
    const { event } = Gateway.parse(fixture("api-gateway-v2"));
    const { statusCode, headers, body } = await handlers.http("api", event);
    expect([statusCode, headers["content-type"]]).toEqual([404, "application/problem+json"]);
    expect(JSON.parse(body)).toMatchObject({ code: "ROUTE_NOT_FOUND" });
  });
});

describe("a batch from SQS", () => {
  it("a batch from SQS is dispatched, acknowledged and logged", async () => {
    const events = [1, 2].map((n) =>
      eventWith({ id: newId("evt", Date.now(), Math.random), acceptedAt: Date.now(), payload: Buffer.from(String(n)) }),
    );
    const [first = "", second = ""] = events.map((event) => encodeEventMessage(event.account, [encodeEvent(event)]));
    expect(await handlers.sqsFed("dispatch", batchOf([first, second]))).toEqual([]);
    const authorization = await handlers.authorization(events[0]?.account ?? "");
    for (const { id } of events)
      expect(await handlers.http("api", requestOf("GET", `/v1/events/${id}`, { authorization }))).toMatchObject({
        statusCode: 200,
      });
  });

  it("a message that cannot be decoded moves to the dead-letter queue, and stays there while the sweeper runs", async () => {
    const event = eventWith({ id: newId("evt", Date.now(), Math.random), acceptedAt: Date.now() });
    const good = encodeEventMessage(event.account, [encodeEvent(event)]);
    expect(await handlers.sqsFed("dispatch", batchOf(["test", good]))).toEqual([]);
    await handlers.sweep(undefined);
    const QueueUrl = handlers.queueUrl("events-dead");
    const AttributeNames: QueueAttributeName[] = [
      "ApproximateNumberOfMessagesNotVisible",
      "ApproximateNumberOfMessages",
    ];
    const { Attributes } = await handlers.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    expect(
      Object.values(Attributes ?? {})
        .map(Number)
        .toSorted(),
    ).toEqual([0, 1]);
  });
});

describe("input from the Scheduler", () => {
  const wake = { endpoint: "ep_01KAPQ8M6S0000000000000000", wakeAt: 1_795_287_970_000 };

  it("a wake-up contains no text that the Scheduler would replace", () => {
    const { replaced } = Scheduler.parse(fixture("scheduler"));
    expect(replaced.filter((text) => encodeWake(wake).includes(text))).toEqual([]);
  });

  it("wake-ups of an unknown endpoint are acknowledged", async () => {
    expect(await handlers.sqsFed("wake", batchOf([encodeWake(wake), encodeWake(wake)]))).toEqual([]);
  });

  it.each([
    ["AWS's default notification", { version: "0", source: "aws.scheduler", detail: "{}" }],
    ["no event", undefined],
  ])("the sweeper accepts %s as its input", async (_, event) => {
    expect(await handlers.sweep(event)).toEqual([0, 0, undefined]); // overdue wake-ups, steps of recoveries, dead letters
  });
});
