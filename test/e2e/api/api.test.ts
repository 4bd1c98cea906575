import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { MailjetError } from "../../../lambdas/http/error-format.ts";
import { type Operation, ROUTES } from "../../../lambdas/http/routes.ts";
import { Problem } from "../../../lambdas/http/schemas/responses.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { type Answer, type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

let rappel: Omit<Rappel, "service">;
let caller: Caller;
let operator: Caller;
let receiver: Receiver;
const ids = { endpoint: "", doomed: "", event: "", key: "", callback: "", doomedCallback: "" };

beforeAll(async () => {
  [rappel, receiver] = await Promise.all([joinRappel(), startReceiver()]);
  caller = await rappel.callerOf("api");
  operator = await rappel.operator();
  await operator.call("PUT", "/v1/accounts/doomed");
  const Id = z.object({ id: z.string() });
  const create = async () =>
    Id.parse((await caller.call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["*"] })).json).id;
  ids.endpoint = await create();
  ids.doomed = await create();
  const Rows = z.object({ Data: z.tuple([z.object({ ID: z.int() })]) });
  const createCallback = async (EventType: string) => {
    const body = { EventType, Url: receiver.url };
    return String(Rows.parse((await caller.call("POST", "/v3/REST/eventcallbackurl", body)).json).Data[0].ID);
  };
  ids.callback = await createCallback("click");
  ids.doomedCallback = await createCallback("spam");
  ids.key = Id.parse((await operator.call("POST", "/v1/accounts/api/keys", { scopes: ["read"] })).json).id;
  ids.event = Id.parse((await caller.call("POST", "/v1/events", { type: "t", data: { a: 1 } })).json).id;
  while ((await caller.call("GET", `/v1/events/${ids.event}`)).status === 404);
}, 300_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

interface Example {
  /** The account in its path. */
  readonly account?: string;
  readonly params?: () => string;
  readonly body?: () => unknown;
  /** What makes the request a bad one, and what it is answered. */
  readonly bad: {
    readonly path?: string;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    readonly status: number;
    readonly code: string;
  };
}
const UNKNOWN_ID = "01JD7X1RZ8M3V0A6Q5T2Y9WKBC";
const UNKNOWN = { ep: `ep_${UNKNOWN_ID}`, evt: `evt_${UNKNOWN_ID}`, key: `key_${UNKNOWN_ID}` };
const noEndpoint = { status: 404, code: "ENDPOINT_NOT_FOUND" };
const noAccount = { status: 404, code: "ACCOUNT_NOT_FOUND" };
const noEvent = { status: 404, code: "EVENT_NOT_FOUND" };
const noCallback = { status: 404, code: "CALLBACK_NOT_FOUND" };
const forbidden = { url: "http://169.254.169.254/latest/meta-data", eventTypes: ["*"] };

// One good and one bad request for each row of the table: a row without an example does not compile.
const EXAMPLES: Record<Operation, Example> = {
  sendEvents: { body: () => ({ type: "t", data: 1 }), bad: { body: "{", status: 400, code: "JSON_INVALID" } },
  sendMailjetEvents: {
    body: () => ({ event: "open" }),
    bad: { body: { open: 1 }, status: 422, code: "FIELDS_INVALID" },
  },
  sendSarbacaneEvents: { body: () => [{ type: "open" }], bad: { body: [], status: 422, code: "FIELDS_INVALID" } },
  createEndpoint: {
    body: () => ({ url: receiver.url, eventTypes: ["a"] }),
    bad: { body: forbidden, status: 422, code: "ADDRESS_FORBIDDEN" },
  },
  listEndpoints: { bad: { path: "/v1/endpoints?limit=0", status: 422, code: "FIELDS_INVALID" } },
  testUrl: {
    body: () => ({ url: receiver.url }),
    bad: { body: { url: "http://10.0.0.1/" }, status: 422, code: "ADDRESS_FORBIDDEN" },
  },
  getEndpoint: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}`, ...noEndpoint } },
  changeEndpoint: {
    params: () => ids.endpoint,
    body: () => ({ description: "changed" }),
    bad: { body: { timeoutMs: 1 }, status: 422, code: "FIELDS_INVALID" },
  },
  deleteEndpoint: { params: () => ids.doomed, bad: { path: `/v1/endpoints/${UNKNOWN.ep}`, ...noEndpoint } },
  pauseEndpoint: {
    params: () => ids.endpoint,
    body: () => ({}),
    bad: { body: { until: "later" }, status: 422, code: "FIELDS_INVALID" },
  },
  resumeEndpoint: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}/resume`, ...noEndpoint } },
  getSecret: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}/secret`, ...noEndpoint } },
  rotateSecret: {
    params: () => ids.endpoint,
    bad: { body: { overlapHours: 169 }, status: 422, code: "FIELDS_INVALID" },
  },
  testEndpoint: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}/test`, ...noEndpoint } },
  listDeliveries: {
    params: () => ids.endpoint,
    bad: { path: `/v1/endpoints/${UNKNOWN.ep}/deliveries`, ...noEndpoint },
  },
  listEvents: { bad: { path: "/v1/events?after=yesterday", status: 422, code: "FIELDS_INVALID" } },
  getEvent: { params: () => ids.event, bad: { path: `/v1/events/${UNKNOWN.evt}`, ...noEvent } },
  resendEvent: {
    params: () => ids.event,
    bad: {
      body: '{"endpoints":["nobody"]}',
      path: `/v1/events/${UNKNOWN.evt}/resend`,
      status: 422,
      code: "FIELDS_INVALID",
    },
  },
  getPayload: { params: () => ids.event, bad: { path: `/v1/events/${UNKNOWN.evt}/payload`, ...noEvent } },
  listEventTypes: { bad: { path: "/v1/event-types?source=api", status: 422, code: "FIELDS_INVALID" } },
  listAccounts: { bad: { path: "/v1/accounts?limit=0", status: 422, code: "FIELDS_INVALID" } },
  getAccount: { bad: { path: "/v1/accounts/nobody", ...noAccount } },
  putAccount: {
    body: () => ({ name: "API Ltd.", retentionDays: 7 }),
    bad: { body: { retentionDays: 0 }, status: 422, code: "FIELDS_INVALID" },
  },
  deleteAccount: { account: "doomed", bad: { path: "/v1/accounts/nobody", ...noAccount } },
  createKey: {
    body: () => ({ scopes: ["send"] }),
    bad: { body: { scopes: ["all"] }, status: 422, code: "FIELDS_INVALID" },
  },
  listKeys: { bad: { path: "/v1/accounts/nobody/keys", ...noAccount } },
  deleteKey: {
    params: () => ids.key,
    bad: { path: `/v1/accounts/api/keys/${UNKNOWN.key}`, status: 404, code: "KEY_NOT_FOUND" },
  },
  getStats: { bad: { path: "/v1/stats?interval=2h", status: 422, code: "FIELDS_INVALID" } },
  createCallback: {
    body: () => ({ EventType: "open", Url: receiver.url }),
    bad: { body: { EventType: "click", Url: "https://example.com/" }, status: 400, code: "CALLBACK_EXISTS" },
  },
  listCallbacks: { bad: { path: "/v3/REST/eventcallbackurl?Limit=1001", status: 400, code: "FIELDS_INVALID" } },
  getCallback: { params: () => ids.callback, bad: { path: "/v3/REST/eventcallbackurl/999", ...noCallback } },
  changeCallback: {
    params: () => ids.callback,
    body: () => ({ Version: 2 }),
    bad: { body: { Url: "http://10.0.0.1/" }, status: 400, code: "ADDRESS_FORBIDDEN" },
  },
  deleteCallback: {
    params: () => ids.doomedCallback,
    bad: { path: "/v3/REST/eventcallbackurl/bounce|true", ...noCallback },
  },
  testCallback: { params: () => ids.callback, bad: { path: "/v3/REST/eventcallbackurl/x/test", ...noCallback } },
  getOpenApi: { bad: { path: "/v1/openapi.yaml", status: 404, code: "ROUTE_NOT_FOUND" } },
  getHealth: { bad: { path: "/healthy", status: 404, code: "ROUTE_NOT_FOUND" } },
  getRoot: { bad: { path: "//", status: 404, code: "ROUTE_NOT_FOUND" } },
};

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.headers.get("content-type")], answer.text).toEqual([
    status,
    "application/problem+json",
  ]);
  expect(Problem.parse(answer.json)).toMatchObject({ status, code });
}

/** Told as the path's own interface does: Mailjet's has no codes. */
function expectError({ path }: (typeof ROUTES)[number], answer: Answer, status: number, code: string): void {
  if (!path.startsWith("/v3/")) {
    expectProblem(answer, status, code);
    return;
  }
  expect([answer.status, answer.headers.get("content-type")], answer.text).toEqual([status, "application/json"]);
  expect(MailjetError.parse(answer.json)).toMatchObject({ StatusCode: status });
}

function pathOf({ operation, path }: (typeof ROUTES)[number]): string {
  const { account = "api", params } = EXAMPLES[operation];
  return path.replace("{account}", account).replace("{id}", params?.() ?? "");
}

/** Who may: the rows that set accounts up are an operator's. */
function whoMay({ path }: (typeof ROUTES)[number]): Caller {
  return path.startsWith("/v1/accounts") ? operator : caller;
}

describe("every route", () => {
  it.each(ROUTES)("$operation answers a good request as the table says", async (route) => {
    const { operation, method, answer } = route;
    const answered = await whoMay(route).call(method, pathOf(route), EXAMPLES[operation].body?.());
    expect(answered.status, answered.text).toBe(answer.status);
    if (answer.schema !== undefined) answer.schema.parse(answered.json);
  });

  it.each(ROUTES)("$operation answers a bad request with a problem that its row lists", async (route) => {
    const { operation, method, errors } = route;
    const { bad } = EXAMPLES[operation];
    const answered = await whoMay(route).call(method, bad.path ?? pathOf(route), bad.body);
    expectError(route, answered, bad.status, bad.code);
    if (bad.code !== "ROUTE_NOT_FOUND") expect(errors).toContain(bad.code);
  });

  it.each(ROUTES.filter(({ scope }) => scope !== "public"))(
    "$operation needs a key, and its scope $scope",
    async (route) => {
      const { operation, method, scope } = route;
      const { body } = EXAMPLES[operation];
      const target = pathOf(route);
      expectError(route, await caller.call(method, target, body?.(), { authorization: "" }), 401, "KEY_INVALID");
      const others = (["send", "manage", "read"] as const).filter((other) => other !== scope);
      const lacking = await rappel.callerOf("api", others);
      expectError(route, await lacking.call(method, target, body?.()), 403, "SCOPE_MISSING");
    },
  );

  it.each(ROUTES.filter(({ params }) => params !== undefined))(
    "$operation shows another account nothing",
    async (route) => {
      const stranger = await rappel.callerOf("api-stranger");
      const answered = await stranger.call(route.method, pathOf(route), EXAMPLES[route.operation].body?.());
      expect(answered.status).toBe(404);
    },
  );

  it.each(ROUTES.filter(({ isOperators }) => isOperators === true))(
    "$operation needs an operator key",
    async (route) => {
      const { account = "api", body } = EXAMPLES[route.operation];
      const own = await rappel.callerOf(`own-${account}`);
      const path = pathOf(route).replace(/(accounts\/).+/, `$1own-${account}`);
      expectProblem(await own.call(route.method, path, body?.()), 403, "OPERATOR_KEY_REQUIRED");
    },
  );
});

describe("a test of a URL", () => {
  it("tells what the receiver did, whatever it did, and counts for nothing", async () => {
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

  it("is refused with 429 and Retry-After beyond what a minute allows", async () => {
    const tester = await rappel.callerOf("eager-tester");
    const test = () => tester.call("POST", "/v1/endpoints/test", { url: receiver.url });
    const answers: Answer[] = [];
    // Two minutes' worth and one: wherever a minute ends, some are beyond.
    while (answers.length <= 2 * LIMITS.testsPerMinute && answers.at(-1)?.status !== 429) answers.push(await test());
    const last = answers.at(-1);
    if (last === undefined) throw new Error("nothing was answered");
    expectProblem(last, 429, "TOO_MANY_TESTS");
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answers.length).toBeGreaterThan(LIMITS.testsPerMinute);
  });
});

describe("an account's endpoints", () => {
  it("are as many as the limit, and no more", async () => {
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

  it("hide what is secret on reads, and show a secret again only to keys that manage", async () => {
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
  it("stays small, however much is wrong with the request", async () => {
    const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`field-${n}`, 1]));
    for (const [method, path, body] of [
      ["POST", "/v1/endpoints", fields],
      ["POST", "/v1/endpoints/test", { url: receiver.url, headers: fields }],
      ["PATCH", `/v1/endpoints/${ids.endpoint}`, { metadata: fields }],
      ["POST", "/v1/events", Array(500).fill({ x: 1, y: 2 })],
    ] as const) {
      const answered = await caller.call(method, path, body);
      expectProblem(answered, 422, "FIELDS_INVALID");
      expect(answered.text.length).toBeLessThan(20_000);
    }
  });

  it("to an id of the future is that there is none", async () => {
    expectProblem(await caller.call("GET", "/v1/events/evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), 404, "EVENT_NOT_FOUND");
  });

  it("names a query parameter that is wrong", async () => {
    expect((await caller.call("GET", "/v1/events?limit=x")).json).toMatchObject({
      errors: [{ pointer: "?limit", value: "x" }],
    });
  });
});

describe("methods and media types", () => {
  it("that a path does not know are told with those it knows", async () => {
    const answered = await caller.call("PUT", "/v1/endpoints");
    expectProblem(answered, 405, "METHOD_NOT_ALLOWED");
    expect(answered.headers.get("allow")).toBe("GET, POST");
  });

  it("other than JSON are 415", async () => {
    expectProblem(
      await caller.call("POST", "/v1/events", "type=t", { "content-type": "application/x-www-form-urlencoded" }),
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    );
  });

  it("with a byte that is no UTF-8 are told where", async () => {
    const answered = await caller.call(
      "POST",
      "/v1/events",
      Buffer.concat([Buffer.from('{"type":"t","data":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    );
    expectProblem(answered, 400, "JSON_INVALID");
    expect(answered.json).toMatchObject({ offset: 20 });
  });
});
