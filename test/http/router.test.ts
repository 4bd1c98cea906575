import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";
import { type HttpRequest, onHttp } from "../../lambdas/http/http.ts";
import { problem, STATUS } from "../../lambdas/http/problem.ts";
import { router } from "../../lambdas/http/router.ts";
import { routes } from "../../lambdas/http/routes.ts";
import { eventTypesAnswer } from "../../lambdas/http/schemas/sample-fields.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";

const crashes: unknown[] = [];
const never = async (): Promise<never> => {
  throw new Error("not asked for here");
};
const answer = router<"api">(
  {
    createEndpoint: async ({ account, body }) => ({ account, url: body.url }),
    listEndpoints: async ({ query }) => query,
    testUrl: never,
    getEndpoint: async ({ params }) => params,
    changeEndpoint: async ({ body }) => body,
    deleteEndpoint: async () => undefined,
    pauseEndpoint: never,
    resumeEndpoint: never,
    getSecret: never,
    testEndpoint: async () => {
      throw new RappelError("TOO_MANY_TESTS", "later", { retryAfterSeconds: 7 });
    },
    listDeliveries: never,
    listEvents: async ({ query }) => query,
    getEvent: never,
    resendEvent: never,
    rotateSecret: never,
    listEventTypes: async ({ query }) => eventTypesAnswer(query.source),
    listAccounts: never,
    getAccount: never,
    putAccount: never,
    deleteAccount: never,
    createKey: never,
    listKeys: never,
    deleteKey: never,
    getStats: async ({ query }) => query,
    createCallback: async ({ body }) => body,
    listCallbacks: async ({ query }) => query,
    getCallback: async ({ params }) => params,
    changeCallback: async ({ body }) => body,
    deleteCallback: async () => undefined,
    testCallback: never,
    getPayload: async () => Buffer.from([0x22, 0xc3, 0xa9, 0x22]),
    getOpenApi: never,
    getHealth: never,
    getRoot: async () => ({ name: "Rappel" }),
  },
  async (id, secret) =>
    secret === "right"
      ? { account: "acme", scopes: id === "reader" ? ["read"] : ["send", "manage", "read"] }
      : undefined,
  (error) => void crashes.push(error),
);
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
const send = (method: string, path: string, more: Partial<HttpRequest> = {}) =>
  answer({
    method,
    path,
    query: {},
    headers: { authorization: basic("key", "right") },
    body: new Uint8Array(),
    ...more,
  });
const sendJson = (method: string, path: string, text: string, contentType = "application/json") =>
  send(method, path, {
    body: Buffer.from(text),
    headers: { authorization: basic("key", "right"), "content-type": contentType },
  });
const codeOf = async (sent: ReturnType<typeof send>) => {
  const { status, body } = await sent;
  return [status, JSON.parse(String(body)).code];
};
const EP = "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC";

describe("the list of event types", () => {
  const textOf = async (query: Record<string, string>) =>
    Buffer.from((await send("GET", "/v1/event-types", { query })).body ?? "").toString();

  it("is JSON that its schema knows, with each sample's bytes in place", async () => {
    const text = await textOf({});
    expect(routes.listEventTypes.answer.schema.parse(JSON.parse(text)).data).toHaveLength(12);
    for (const { sample } of EVENT_TYPES) expect(text).toContain(`"sample":${sample}`);
  });

  it("can be one platform's alone", async () => {
    const { data } = routes.listEventTypes.answer.schema.parse(JSON.parse(await textOf({ source: "sarbacane" })));
    expect(data.map(({ source }) => source)).toEqual(Array(5).fill("sarbacane"));
    expect((await send("GET", "/v1/event-types", { query: { source: "api" } })).status).toBe(422);
  });
});

describe("the router", () => {
  it("gives an operation its caller's account and the parsed body", async () => {
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
    ["bytes that are no text", { authorization: "Basic /////w==" }],
  ])("answers 401 and how to authenticate with %s", async (_, headers) => {
    const { status, headers: told } = await send("GET", "/v1/events", { headers });
    expect([status, told["www-authenticate"]]).toEqual([401, 'Basic realm="Rappel", charset="UTF-8"']);
  });

  it("answers 403 and names the scope that is missing", async () => {
    const { status, body } = await send("DELETE", `/v1/endpoints/${EP}`, {
      headers: { authorization: basic("reader", "right") },
    });
    expect([status, JSON.parse(String(body)).detail]).toEqual([
      403,
      'This request needs a key with the scope "manage"; this key has "read"',
    ]);
  });

  it("answers 405 with the methods there are, and 404 where there is nothing", async () => {
    expect((await send("PUT", `/v1/endpoints/${EP}`)).headers["allow"]).toBe("GET, PATCH, DELETE");
    expect((await send("DELETE", "/v1/events")).headers["allow"]).toBe("GET, POST");
    expect(await codeOf(send("GET", "/v2/events"))).toEqual([404, "ROUTE_NOT_FOUND"]);
  });

  it("takes an id that cannot exist for one that does not", async () => {
    expect(await codeOf(send("GET", "/v1/endpoints/nonsense"))).toEqual([404, "ENDPOINT_NOT_FOUND"]);
    expect(await codeOf(send("GET", "/v1/events/%E0%A4%A"))).toEqual([404, "EVENT_NOT_FOUND"]);
  });

  it.each([
    ["no JSON", "{", "application/json", [400, "JSON_INVALID"]],
    [
      "a body that is too deep",
      `{"metadata":${"[".repeat(501)}${"]".repeat(501)}}`,
      "application/json",
      [400, "JSON_TOO_DEEP"],
    ],
    ["another media type", "{}", "text/plain", [415, "UNSUPPORTED_MEDIA_TYPE"]],
    ["another charset", "{}", "application/json; charset=latin1", [415, "UNSUPPORTED_MEDIA_TYPE"]],
    ["fields that are wrong", "{}", "application/json; charset=utf-8", [422, "FIELDS_INVALID"]],
    ["a body over 1 MiB", " ".repeat(1024 * 1024 + 1), "application/json", [413, "REQUEST_TOO_LARGE"]],
  ])("refuses %s", async (_, text, contentType, expected) => {
    expect(await codeOf(sendJson("POST", "/v1/endpoints", text, contentType))).toEqual(expected);
  });

  it("takes a merge patch under its own media type", async () => {
    expect(
      (await sendJson("PATCH", `/v1/endpoints/${EP}`, '{"description":"x"}', "application/merge-patch+json")).status,
    ).toBe(200);
  });

  it("tells when to come back", async () => {
    expect((await sendJson("POST", `/v1/endpoints/${EP}/test`, "")).headers["retry-after"]).toBe("7");
  });

  it("answers bytes as they are, and 204 with nothing", async () => {
    expect((await send("GET", "/v1/events/evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC/payload")).body).toEqual(Buffer.from('"é"'));
    expect((await send("DELETE", `/v1/endpoints/${EP}`)).body).toBeUndefined();
  });

  it.each([["0"], ["101"], ["1e1"], ["-1"], ["x"], [""]])("refuses a page of %s items", async (limit) => {
    expect(await codeOf(send("GET", "/v1/events", { query: { limit } }))).toEqual([422, "FIELDS_INVALID"]);
  });

  it.each([["1"], ["100"]])("gives a page of %s items", async (limit) => {
    expect((await send("GET", "/v1/events", { query: { limit } })).status).toBe(200);
  });

  it("refuses a cursor that it never gave, and a query parameter that it does not know", async () => {
    expect(await codeOf(send("GET", "/v1/events", { query: { cursor: "abc" } }))).toEqual([422, "FIELDS_INVALID"]);
    expect(await codeOf(send("GET", "/v1/events", { query: { colour: "red" } }))).toEqual([422, "FIELDS_INVALID"]);
  });

  it("answers 500 without details when something crashes, and reports it", async () => {
    const { status, body } = await send("GET", "/health");
    expect([status, String(body).includes("not asked for")]).toEqual([500, false]);
    expect(crashes.at(-1)).toBeInstanceOf(Error);
  });

  it("never crashes on what a caller sends", async () => {
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

describe("Mailjet's interface", () => {
  const URL = "/v3/REST/eventcallbackurl";
  const told = async (sent: ReturnType<typeof send>) => {
    const { status, headers, body } = await sent;
    return [status, headers["content-type"], JSON.parse(String(body))];
  };
  const error = (status: number, message: unknown = expect.any(String)) => [
    status,
    "application/json",
    { ErrorInfo: "", ErrorMessage: message, StatusCode: status },
  ];

  it.each<[string, () => ReturnType<typeof send>, number]>([
    ["a path that it does not know", () => send("GET", "/v3/REST/contact"), 404],
    ["a method", () => send("PATCH", URL), 405],
    ["no key", () => send("GET", URL, { headers: {} }), 401],
    ["a scope that lacks", () => send("POST", URL, { headers: { authorization: basic("reader", "right") } }), 403],
    ["no JSON", () => sendJson("POST", URL, "{"), 400],
    ["fields that are wrong", () => sendJson("POST", URL, "{}"), 400],
    ["another media type", () => sendJson("POST", URL, "{}", "text/plain"), 415],
    ["a crash of ours", () => send("POST", `${URL}/1/test`), 500],
  ])("tells %s in its own shape", async (_, sent, status) => {
    expect(await told(sent())).toEqual(error(status));
  });

  it("says where, what and what is allowed in one text, and nothing private", async () => {
    const body = JSON.stringify({ EventType: "opened", Url: "https://user:s3cret@ex ample.com/" });
    expect(await told(sendJson("POST", URL, body))).toEqual(
      error(400, expect.stringMatching(/EventType is invalid \(allowed: one of click, .*\); Url is invalid/)),
    );
    expect(String((await sendJson("POST", URL, body)).body)).not.toContain("s3cret");
  });

  it.each([
    ["987654", 987_654],
    ["open|false", { eventType: "open", isBackup: false }],
    ["open%7Ctrue", { eventType: "open", isBackup: true }],
    ["open%7ctrue", { eventType: "open", isBackup: true }],
  ])("knows a callback as %s", async (name, id) => {
    expect(JSON.parse(String((await send("GET", `${URL}/${name}`)).body))).toEqual({ id });
  });

  it.each(["0", "-1", "1e3", "open", "open|", "open|yes", "opened|true", "open|true|", "1".repeat(16)])(
    "knows no callback as %s",
    async (name) => {
      expect((await send("GET", `${URL}/${name}`)).status).toBe(404);
    },
  );

  it("knows query parameters whatever their case, and values as Mailjet's samples write them", async () => {
    const query = {
      limit: "0",
      OFFSET: "2",
      sort: "id desc",
      CountOnly: "1",
      backup: "true",
      version: "2",
      EventType: "7",
    };
    expect(JSON.parse(String((await send("GET", URL, { query })).body))).toEqual({
      Limit: 1_000,
      Offset: 2,
      Sort: "DESC",
      countOnly: true,
      Backup: true,
      Version: 2,
      EventType: "sent",
    });
    expect((await send("GET", URL, { query: { colour: "red" } })).status).toBe(400);
  });

  it("takes a body as Mailjet's samples write it, read-only fields included", async () => {
    const body = {
      ID: 1,
      APIKeyID: 2,
      EventType: "open",
      IsBackup: "false",
      Status: "alive",
      Url: "https://a.example/",
      Version: "1",
    };
    expect(JSON.parse(String((await sendJson("POST", URL, JSON.stringify(body))).body))).toEqual({
      eventType: "open",
      isBackup: false,
      isAlive: true,
      url: "https://a.example/",
      version: 1,
    });
  });
});

describe("a problem document", () => {
  it.each(Object.entries(STATUS))("of %s has its status and says so itself", (code, [status, title]) => {
    const answer = problem(new RappelError(isCode(code) ? code : "INTERNAL_ERROR", "why"));
    expect([answer.status, answer.headers["content-type"], JSON.parse(String(answer.body))]).toEqual([
      status,
      "application/problem+json",
      { type: `urn:rappel:problem:${code}`, title, status, code, detail: "why" },
    ]);
  });
});

describe("an API Gateway event", () => {
  const event = {
    rawPath: "/",
    rawQueryString: "a=1&a=2&b=%C3%A9",
    headers: { Authorization: "x" },
    requestContext: { http: { method: "GET" } },
    isBase64Encoded: false,
  };

  it("becomes a request: first of each query parameter, names in lower case, the very bytes of the body", async () => {
    const seen: HttpRequest[] = [];
    const handler = onHttp(async (request) => {
      seen.push(request);
      return { status: 200, headers: {}, body: Buffer.from([0xff]) };
    });
    await handler({ ...event, body: "é", isBase64Encoded: false });
    const answered = await handler({ ...event, body: "/w==", isBase64Encoded: true });
    expect(seen.map(({ query, headers, body }) => [query, headers, [...body]])).toEqual([
      [{ a: "1", b: "é" }, { authorization: "x" }, [0xc3, 0xa9]],
      [{ a: "1", b: "é" }, { authorization: "x" }, [0xff]],
    ]);
    expect(answered).toMatchObject({ statusCode: 200, body: "/w==", isBase64Encoded: true });
  });
});

function isCode(code: string): code is keyof typeof STATUS {
  return Object.hasOwn(STATUS, code);
}
