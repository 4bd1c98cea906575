import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { type Answer, type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";
import { expectProblem } from "./problem.ts";

let rappel: Omit<Rappel, "service">;
let caller: Caller;
let receiver: Receiver;
beforeAll(async () => {
  [rappel, receiver] = await Promise.all([joinRappel(), startReceiver()]);
  caller = await rappel.callerOf("requests");
}, 300_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

describe("a test of a URL", () => {
  it("a URL test returns the receiver's answer and creates no event", async () => {
    const tester = await rappel.callerOf("tester");
    const failing = await startReceiver(() => ({ status: 500, body: "no" }));
    const answered = await tester.call("POST", "/v1/endpoints/test", { url: failing.url });
    expect([answered.status, answered.json]).toMatchObject([
      200,
      { outcome: "http_status", status: 500, response: { body: "no" }, durationMs: expect.any(Number) },
    ]);
    expect(failing.received[0]?.headers["webhook-signature"]).toMatch(/^v1,/);
    await failing.stop();
    expect((await tester.call("POST", "/v1/endpoints/test", { url: failing.url })).json).toMatchObject({
      outcome: "connect_refused",
      status: null,
      response: null,
    });
    expect((await tester.call("GET", "/v1/events")).json).toMatchObject({ data: [] });
  });

  it("URL tests above the limit per minute get 429 with Retry-After", async () => {
    const tester = await rappel.callerOf("eager-tester");
    const test = () => tester.call("POST", "/v1/endpoints/test", { url: receiver.url });
    const answers: Answer[] = [];
    // Twice the limit and one more, because a minute may end in between.
    while (answers.length <= 2 * LIMITS.testsPerMinute && answers.at(-1)?.status !== 429) answers.push(await test());
    const last = answers.at(-1);
    if (last === undefined) throw new Error("nothing was answered");
    expectProblem(last, 429, "TOO_MANY_TESTS");
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answers.length).toBeGreaterThan(LIMITS.testsPerMinute);
  });
});

describe("an account's endpoints", () => {
  it("an account can create endpoints up to its limit", async () => {
    const collector = await rappel.callerOf("collector");
    const create = () => collector.call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["never"] });
    for (let n = 0; n < LIMITS.endpointsPerAccount; n++) expect((await create()).status).toBe(201);
    expectProblem(await create(), 409, "ENDPOINT_LIMIT_REACHED");
    const page = await collector.call("GET", "/v1/endpoints?limit=30");
    const { data, nextCursor } = z
      .object({ data: z.array(z.object({ id: z.string() })), nextCursor: z.string() })
      .parse(page.json);
    const rest = await collector.call("GET", `/v1/endpoints?limit=30&cursor=${nextCursor}`);
    const { data: more } = z
      .object({ data: z.array(z.object({ id: z.string() })), nextCursor: z.null() })
      .parse(rest.json);
    expect(new Set([...data, ...more].map(({ id }) => id)).size).toBe(LIMITS.endpointsPerAccount);
  });

  it("reads of an endpoint hide its secrets, and only keys with the scope manage can read the signing secret", async () => {
    const owner = await rappel.callerOf("secretive");
    const url = receiver.url.replace("://", "://user:s3cret-word@");
    const created = await owner.call("POST", "/v1/endpoints", {
      url,
      eventTypes: ["*"],
      headers: { "X-Token": "t0ken-word" },
    });
    const { id, secret } = z
      .object({ id: z.string(), secret: z.string(), verification: z.object({ snippet: z.string() }) })
      .parse(created.json);
    expect(created.text).not.toMatch(/s3cret-word|t0ken-word/);
    for (const path of [`/v1/endpoints/${id}`, "/v1/endpoints"]) {
      const { text } = await owner.call("GET", path);
      expect(text).not.toMatch(/s3cret-word|t0ken-word|whsec_/);
      expect(text).toContain("user:***@");
    }
    expect((await owner.call("GET", `/v1/endpoints/${id}/secret`)).json).toMatchObject({ secret });
    await owner.call("POST", `/v1/endpoints/${id}/test`);
    expect(receiver.received.at(-1)?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("user:s3cret-word").toString("base64")}`,
      "x-token": "t0ken-word",
    });
    expect(rappel.logs.join()).not.toMatch(/s3cret-word|t0ken-word|whsec_/);
  });
});

describe("an answer", () => {
  it("an answer stays below 20,000 characters even if the request has 60,000 errors", async () => {
    const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`field-${n}`, 1]));
    const created = await caller.call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["never"] });
    const { id } = z.object({ id: z.string() }).parse(created.json);
    for (const [method, path, body] of [
      ["POST", "/v1/endpoints", fields],
      ["POST", "/v1/endpoints/test", { url: receiver.url, headers: fields }],
      ["PATCH", `/v1/endpoints/${id}`, { metadata: fields }],
      ["POST", "/v1/events", Array(500).fill({ x: 1, y: 2 })],
    ] as const) {
      const answered = await caller.call(method, path, body);
      expectProblem(answered, 422, "FIELDS_INVALID");
      expect(answered.text.length).toBeLessThan(20_000);
    }
  });

  it("answers 404 for an id with a timestamp in the future", async () => {
    expectProblem(await caller.call("GET", "/v1/events/evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), 404, "EVENT_NOT_FOUND");
  });

  it("answers 422 with the name of the wrong query parameter", async () => {
    expect((await caller.call("GET", "/v1/events?limit=x")).json).toMatchObject({
      errors: [{ pointer: "?limit", value: "x" }],
    });
  });
});

describe("methods and media types", () => {
  it("answers 405 with the methods that the path supports", async () => {
    const answered = await caller.call("PUT", "/v1/endpoints");
    expectProblem(answered, 405, "METHOD_NOT_ALLOWED");
    expect(answered.headers.get("allow")).toBe("GET, POST");
  });

  it("answers 415 for any media type except JSON", async () => {
    expectProblem(
      await caller.call("POST", "/v1/events", "type=t", { "content-type": "application/x-www-form-urlencoded" }),
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    );
  });

  it("answers 400 with the offset of a byte that is not UTF-8", async () => {
    const answered = await caller.call(
      "POST",
      "/v1/events",
      Buffer.concat([Buffer.from('{"type":"t","data":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    );
    expectProblem(answered, 400, "JSON_INVALID");
    expect(answered.json).toMatchObject({ offset: 20 });
  });
});
