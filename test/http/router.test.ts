import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";
import { ROUTES, routes } from "../../lambdas/http/routes.ts";
import { basic, codeOf, crashes, EP, send, sendJson } from "./routed-requests.ts";

describe("GET /v1/event-types", () => {
  const textOf = async (query: Record<string, string>) =>
    Buffer.from((await send("GET", "/v1/event-types", { query })).body ?? "").toString();

  it("the list of event types matches its schema and contains each sample's exact bytes", async () => {
    const text = await textOf({});
    expect(routes.listEventTypes.answer.schema.parse(JSON.parse(text)).data).toHaveLength(12);
    for (const { sample } of EVENT_TYPES) expect(text).toContain(`"sample":${sample}`);
  });

  it("the list of event types can be limited to one platform", async () => {
    const { data } = routes.listEventTypes.answer.schema.parse(JSON.parse(await textOf({ source: "sarbacane" })));
    expect(data.map(({ source }) => source)).toEqual(Array(5).fill("sarbacane"));
    expect((await send("GET", "/v1/event-types", { query: { source: "api" } })).status).toBe(422);
  });
});

describe("the router", () => {
  it("an operation gets the caller's account and the parsed body", async () => {
    const { status, body } = await sendJson(
      "POST",
      "/v1/endpoints",
      '{"url":"https://example.com/","eventTypes":["*"]}',
    );
    expect([status, JSON.parse(String(body))]).toEqual([201, { account: "acme", url: "https://example.com/" }]);
  });

  it.each([
    ["no credentials", {}],
    ["another scheme", { authorization: "Bearer x" }],
    ["a wrong secret", { authorization: basic("key", "wrong") }],
    ["no colon", { authorization: `Basic ${Buffer.from("key").toString("base64")}` }],
    ["bytes that are not UTF-8", { authorization: "Basic /////w==" }],
  ])("a request with %s is answered 401 with WWW-Authenticate", async (_, headers) => {
    const { status, headers: answered } = await send("GET", "/v1/events", { headers });
    expect([status, answered["www-authenticate"]]).toEqual([401, 'Basic realm="Rappel", charset="UTF-8"']);
  });

  it("a key without the required scope is answered 403 with the missing scope", async () => {
    const { status, body } = await send("DELETE", `/v1/endpoints/${EP}`, {
      headers: { authorization: basic("reader", "right") },
    });
    expect([status, JSON.parse(String(body)).detail]).toEqual([
      403,
      'This request needs a key with the scope "manage:endpoints"; this key has "read"',
    ]);
  });

  it("an unknown method is answered 405 with Allow, an unknown path 404", async () => {
    expect((await send("PUT", `/v1/endpoints/${EP}`)).headers["allow"]).toBe("GET, PATCH, DELETE");
    expect((await send("DELETE", "/v1/events")).headers["allow"]).toBe("GET, POST");
    expect(await codeOf(send("GET", "/v2/events"))).toEqual([404, "ROUTE_NOT_FOUND"]);
  });

  it.each(ROUTES.map(({ method, path, isIdempotent = false }) => [method, path, isIdempotent] as const))(
    "%s %s honours an Idempotency-Key or refuses it, but does not ignore it",
    async (method, path, isIdempotent) => {
      if (method === "GET" || method === "DELETE") return;
      const headers = { authorization: basic("key", "right"), "idempotency-key": "k" };
      const [status, code] = await codeOf(send(method, path.replaceAll(/\{\w+\}/g, EP), { headers }));
      if (isIdempotent) expect(code).not.toBe("IDEMPOTENCY_KEY_UNSUPPORTED");
      else if (!path.startsWith("/v3/")) expect([status, code]).toEqual([400, "IDEMPOTENCY_KEY_UNSUPPORTED"]);
      else expect(status).toBe(400);
    },
  );

  it.each(["after", "before"])("a wrong time in ?%s is one error, not one for each check", async (name) => {
    const { status, body } = await send("GET", "/v1/events", { query: { [name]: "yesterday" } });
    expect([status, JSON.parse(String(body)).errors]).toMatchObject([422, [{ pointer: `?${name}` }]]);
    expect(JSON.parse(String(body)).errors).toHaveLength(1);
  });

  it("a malformed id is answered 404", async () => {
    expect(await codeOf(send("GET", "/v1/endpoints/nonsense"))).toEqual([404, "ENDPOINT_NOT_FOUND"]);
    expect(await codeOf(send("GET", "/v1/events/%E0%A4%A"))).toEqual([404, "EVENT_NOT_FOUND"]);
  });

  it.each([
    ["invalid JSON", "{", "application/json", [400, "JSON_INVALID"]],
    [
      "a body with too many levels",
      `{"metadata":${"[".repeat(501)}${"]".repeat(501)}}`,
      "application/json",
      [400, "JSON_TOO_DEEP"],
    ],
    ["another media type", "{}", "text/plain", [415, "UNSUPPORTED_MEDIA_TYPE"]],
    ["another charset", "{}", "application/json; charset=latin1", [415, "UNSUPPORTED_MEDIA_TYPE"]],
    ["invalid fields", "{}", "application/json; charset=utf-8", [422, "FIELDS_INVALID"]],
    ["a body over 1 MiB", " ".repeat(1024 * 1024 + 1), "application/json", [413, "REQUEST_TOO_LARGE"]],
  ])("a request with %s is refused", async (_, text, contentType, expected) => {
    expect(await codeOf(sendJson("POST", "/v1/endpoints", text, contentType))).toEqual(expected);
  });

  it.each([
    ["gzip", 415],
    ["GZIP, identity", 415],
    ["Identity", 201],
    ["", 201],
  ])("a body with the Content-Encoding %j is answered %i", async (encoding, status) => {
    const body = Buffer.from('{"url":"https://example.com/","eventTypes":["*"]}');
    const headers = { authorization: basic("key", "right"), "content-encoding": encoding };
    expect((await send("POST", "/v1/endpoints", { body, headers })).status).toBe(status);
  });

  it("a merge patch is accepted with its own media type", async () => {
    expect(
      (await sendJson("PATCH", `/v1/endpoints/${EP}`, '{"description":"x"}', "application/merge-patch+json")).status,
    ).toBe(200);
  });

  it("a 429 carries Retry-After", async () => {
    expect((await sendJson("POST", `/v1/endpoints/${EP}/test`, "")).headers["retry-after"]).toBe("7");
  });

  it("bytes are answered unchanged, and 204 has no body", async () => {
    expect((await send("GET", "/v1/events/evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC/payload")).body).toEqual(Buffer.from('"é"'));
    expect((await send("DELETE", `/v1/endpoints/${EP}`)).body).toBeUndefined();
  });

  it.each([["0"], ["101"], ["1e1"], ["-1"], ["x"], [""]])("a page of %s items is refused", async (limit) => {
    expect(await codeOf(send("GET", "/v1/events", { query: { limit } }))).toEqual([422, "FIELDS_INVALID"]);
  });

  it.each([["1"], ["100"]])("a page of %s items is answered", async (limit) => {
    expect((await send("GET", "/v1/events", { query: { limit } })).status).toBe(200);
  });

  it("invalid cursors and unknown query parameters are refused", async () => {
    expect(await codeOf(send("GET", "/v1/events", { query: { cursor: "abc" } }))).toEqual([422, "FIELDS_INVALID"]);
    expect(await codeOf(send("GET", "/v1/events", { query: { colour: "red" } }))).toEqual([422, "FIELDS_INVALID"]);
  });

  it("an internal error is answered 500 without details and reported", async () => {
    const { status, body } = await send("GET", "/health");
    expect([status, String(body).includes("not asked for")]).toEqual([500, false]);
    expect(crashes.at(-1)).toBeInstanceOf(Error);
  });

  it("no request makes the router throw", async () => {
    const before = crashes.length;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "POST", "PATCH", "DELETE", "PUT", "TRACE", "x"),
        fc.oneof(fc.webPath(), fc.string()),
        fc.json(),
        fc.string(),
        async (method, path, body, query) => {
          const { status } = await send(method, path, { body: Buffer.from(body), query: { limit: query } });
          expect(status).toBeLessThan(500);
        },
      ),
    );
    expect(crashes.slice(before)).toEqual([]);
  });
});
