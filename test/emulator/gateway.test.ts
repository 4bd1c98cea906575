import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSmallApp } from "./small-app.ts";

const WEB = `
let served = 0;
export const handler = async (event, context) => {
  served += 1;
  const does = {
    "/slow": () => new Promise((resolve) => setTimeout(() => resolve("late"), 20_000)),
    "/block": () => { for (;;); },
    "/throw": () => { throw new Error("thrown"); },
    "/exit": () => process.exit(1),
    "/later": () => { setTimeout(() => { throw new Error("later"); }, 1); return new Promise(() => {}); },
    "/text": () => "just text",
    "/nothing": () => undefined,
    "/created": () => ({ statusCode: 201, headers: { "x-one": "1" }, cookies: ["a=1", "b=2"], body: "/wA=", isBase64Encoded: true }),
    "/malformed": () => ({ statusCode: "soon" }),
    "/served": () => ({ served, leftMs: context.getRemainingTimeInMillis(), requestId: context.awsRequestId, env: process.env }),
  }[event.rawPath];
  return does ? does() : event;
};`;

let app: Awaited<ReturnType<typeof startSmallApp>>;
beforeAll(async () => {
  app = await startSmallApp({ web: WEB, timeoutSeconds: 2 });
});
afterAll(() => app.stop());

const get = (path: string, init?: RequestInit) => fetch(app.url + path, init);

describe("the gateway's event", () => {
  it("the gateway sends API Gateway's payload format 2.0", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = request(`${app.url}/items/a%20b?x=1&y=%41&x=2&z=`, { method: "PUT" }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve(Buffer.concat(chunks).toString());
      });
      sent.on("error", reject);
      sent.setHeader("Content-Type", "application/json; charset=utf-8");
      sent.setHeader("User-Agent", "test");
      sent.setHeader("X-Twice", ["one", "two"]);
      sent.setHeader("Cookie", "a=1; b=2");
      sent.end('{"é":1}');
    });
    const event = JSON.parse(answer);
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "PUT /items/{id}",
      rawPath: "/items/a b",
      rawQueryString: "x=1&y=%41&x=2&z=",
      cookies: ["a=1", "b=2"],
      queryStringParameters: { x: "1,2", y: "A", z: "" },
      pathParameters: { id: "a b" },
      headers: { "x-twice": "one,two", "content-type": "application/json; charset=utf-8", "user-agent": "test" },
      requestContext: {
        http: { method: "PUT", path: "/items/a b", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" },
        routeKey: "PUT /items/{id}",
        stage: "$default",
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(Math.abs(event.requestContext.timeEpoch - Date.now())).toBeLessThan(10_000);
  });

  it("a body that is not text is sent in base64", async () => {
    const json = { "content-type": "application/json" };
    const bytes = new Uint8Array([0x22, 0xff, 0x22]);
    const sent = [
      { headers: json, body: bytes },
      { headers: { "content-type": "application/octet-stream" }, body: new TextEncoder().encode("abc") },
    ];
    const bodies = await Promise.all(
      sent.map(async (init) => (await get("/echo", { method: "POST", ...init })).json()),
    );
    expect(bodies).toMatchObject([
      { isBase64Encoded: true, body: "Iv8i" },
      { isBase64Encoded: true, body: "YWJj" },
    ]);
    const withBom = await get("/echo", { method: "POST", headers: json, body: "\uFEFF{}" });
    expect(await withBom.json()).toMatchObject({ isBase64Encoded: false, body: "\uFEFF{}" });
  });
});

describe("the gateway's answer", () => {
  it("the gateway returns the function's answer", async () => {
    const answer = await get("/created");
    expect([answer.status, answer.headers.get("x-one"), answer.headers.getSetCookie()]).toEqual([
      201,
      "1",
      ["a=1", "b=2"],
    ]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0xff, 0x00]));
  });
  it("the gateway completes an answer without a status", async () => {
    const answer = await get("/text");
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "application/json",
      "just text",
    ]);
    expect((await get("/nothing")).status).toBe(200);
  });
  it("the gateway answers 413 over 10 MB", async () => {
    const answer = await get("/echo", { method: "POST", body: new Uint8Array(10 * 1024 * 1024 + 1) });
    expect([answer.status, await answer.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
  });
  it("the gateway answers 500 if the function throws, crashes, exits or answers invalid data, and serves the next request", async () => {
    for (const path of ["/throw", "/exit", "/later", "/malformed"]) {
      const answer = await get(path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 500, '{"message":"Internal Server Error"}']);
    }
    expect((await get("/served")).status).toBe(200);
  });
});

describe("an execution environment", () => {
  it("an environment keeps its state between events and knows its remaining time", async () => {
    const first = JSON.parse(await (await get("/served")).text());
    const second = JSON.parse(await (await get("/served")).text());
    expect(second.served).toBe(first.served + 1);
    expect(second.leftMs).toBeGreaterThan(1_000);
    expect(second.requestId).not.toBe(first.requestId);
    expect(second.env).toMatchObject({
      TABLE_NAME: "small-Table",
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    });
  });
  it("an environment is never reused after a timeout", async () => {
    for (const path of ["/slow", "/block"]) {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, 500]);
      expect(await (await get("/served")).json()).toMatchObject({ served: 1 });
    }
    expect(app.failures).toContain("timeout");
  });
});
