import { describe, expect, it } from "vitest";
import { DEFAULT_SCOPES, hasScope, SCOPES, type Scope } from "../../lambdas/accounts/model/key.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { eventQuery } from "../../lambdas/http/queries.ts";
import { type Operations, router } from "../../lambdas/http/router.ts";
import { type Operation, ROUTES } from "../../lambdas/http/routes.ts";
import { deliveryView } from "../../lambdas/http/views/delivery-views.ts";
import { createdEndpointView, endpointView } from "../../lambdas/http/views/endpoint-views.ts";
import { endpointWith } from "../support/examples.ts";

const EVERYONE = "everyone";
const ANY_KEY: readonly Scope[] = SCOPES;
const STATUS: readonly Scope[] = ["read", "read:status"];
const READ: readonly Scope[] = ["read"];
const ENDPOINTS: readonly Scope[] = ["manage", "manage:endpoints"];
const MANAGE: readonly Scope[] = ["manage"];
const SEND: readonly Scope[] = ["send"];

/** The scopes that may call each operation, by hand: a new route without a line here does not compile. */
const MAY: Readonly<Record<Operation, readonly Scope[] | typeof EVERYONE>> = {
  sendEvents: SEND,
  sendMailjetEvents: SEND,
  sendSarbacaneEvents: SEND,
  createEndpoint: ENDPOINTS,
  listEndpoints: STATUS,
  checkUrl: ENDPOINTS,
  testUrl: ENDPOINTS,
  getEndpoint: STATUS,
  changeEndpoint: ENDPOINTS,
  deleteEndpoint: ENDPOINTS,
  pauseEndpoint: ENDPOINTS,
  resumeEndpoint: ENDPOINTS,
  acknowledgeDeliveries: ENDPOINTS,
  getSecret: MANAGE,
  rotateSecret: MANAGE,
  testEndpoint: ENDPOINTS,
  listEndpointDeliveries: STATUS,
  listDeliveries: STATUS,
  listEvents: STATUS,
  getEvent: STATUS,
  resendEvent: ENDPOINTS,
  getPayload: READ,
  getDeliveryRequest: READ,
  listEventTypes: STATUS,
  getStats: STATUS,
  createRecovery: ENDPOINTS,
  listRecoveries: STATUS,
  getRecovery: STATUS,
  cancelRecovery: ENDPOINTS,
  exportAccount: READ,
  listAccounts: STATUS,
  listQueues: STATUS,
  getAccount: STATUS,
  putAccount: MANAGE,
  deleteAccount: MANAGE,
  createKey: MANAGE,
  listKeys: READ,
  deleteKey: MANAGE,
  whoami: ANY_KEY,
  listActivity: READ,
  listBounces: READ,
  createPortalLink: MANAGE,
  revokePortalLink: MANAGE,
  createSession: EVERYONE,
  deleteSession: ANY_KEY,
  createCallback: ENDPOINTS,
  listCallbacks: READ,
  getCallback: READ,
  changeCallback: ENDPOINTS,
  deleteCallback: ENDPOINTS,
  testCallback: ENDPOINTS,
  getOpenApi: EVERYONE,
  getHealth: EVERYONE,
  getRoot: EVERYONE,
};

const ID = "01JD7X1RZ8M3V0A6Q5T2Y9WKBC";

/** Calls a route with a key of one scope; no operation is carried out. @returns status and error code */
async function callOf(operation: Operation, scope: Scope | undefined): Promise<[number, string | undefined]> {
  const route = ROUTES.find((each) => each.operation === operation);
  if (route === undefined) throw new Error(`There is no route ${operation}`);
  const operations = Object.fromEntries(ROUTES.map((each) => [each.operation, async () => ({})]));
  const answer = router<"api">(
    operations as unknown as Operations<"api">,
    async () => ({ scopes: scope ? [scope] : [] }),
    () => undefined,
  );
  const prefix = route.path.includes("/endpoints/")
    ? "ep"
    : route.path.includes("/keys/")
      ? "key"
      : route.path.includes("/recoveries/")
        ? "rec"
        : route.path.includes("/portal-links/")
          ? "ses"
          : "evt";
  const id = route.path.startsWith("/v3") ? "1" : `${prefix}_${ID}`;
  const { status, body = "" } = await answer({
    method: route.method,
    path: route.path.replace("{account}", "acme").replace("{id}", id),
    query: {},
    headers: {
      authorization: `Basic ${Buffer.from("key:secret").toString("base64")}`,
      "rappel-account": "acme",
      "content-type": "application/json",
    },
    body: Buffer.from("{}"),
  });
  const parsed: { code?: string; ErrorCode?: string } = body === "" ? {} : JSON.parse(String(body));
  return [status, parsed.code];
}

describe.each(ROUTES)("the route $operation", ({ operation, path }) => {
  const may = MAY[operation];

  it.each([...SCOPES, undefined])(
    "may be called with the scope %s, or is refused with SCOPE_MISSING",
    async (scope) => {
      const [status, code] = await callOf(operation, scope);
      const isAllowed = may === EVERYONE || may === ANY_KEY || (scope !== undefined && may.includes(scope));
      if (isAllowed) expect([status, code]).not.toEqual([403, "SCOPE_MISSING"]);
      else if (path.startsWith("/v3/")) expect(status).toBe(403);
      else expect([status, code]).toEqual([403, "SCOPE_MISSING"]);
    },
  );
});

describe("scopes", () => {
  it("the old names include the new ones, and the default scopes include all", () => {
    expect(SCOPES.filter((scope) => hasScope(["read"], scope))).toEqual(["read", "read:status"]);
    expect(SCOPES.filter((scope) => hasScope(["manage"], scope))).toEqual(["manage", "manage:endpoints"]);
    for (const scope of ["send", "manage:endpoints", "read:status"] as const)
      expect(SCOPES.filter((other) => hasScope([scope], other))).toEqual([scope]);
    expect(SCOPES.filter((scope) => !hasScope(DEFAULT_SCOPES, scope))).toEqual([]);
  });

  const endpoint = endpointWith({
    url: "https://example.com/hook?token=t0ps3cret",
    userinfo: { user: "us3r", password: "p4ss" },
    headers: { "x-token": "h34der" },
  });
  const shown = { endpoint, state: newState(endpoint.id, "acme", 0), readAt: 0 };
  const delivery = {
    delivery: {
      endpoint: endpoint.id,
      eventId: `evt_${ID}`,
      type: "t",
      status: "delivered" as const,
      attempts: [
        {
          outcome: "success" as const,
          startedAt: 0,
          durationMs: 1,
          answer: { status: 200, body: Buffer.from("b0dy"), isTruncated: false, headers: { location: "l0cation" } },
        },
      ],
    },
    endpoint,
    state: undefined,
  };

  it("a key with only read:status sees neither responses of receivers nor credentials of an endpoint", () => {
    const seen = JSON.stringify([deliveryView(delivery, ["read:status"]), endpointView(shown, ["read:status"])]);
    for (const secret of ["b0dy", "l0cation", "us3r", "p4ss", "t0ps3cret", "h34der", "whsec_"])
      expect(seen).not.toContain(secret);
    expect(seen).toContain("https://example.com/hook?***");
    expect(deliveryView(delivery, ["read:status"]).attempts[0]).toMatchObject({ status: 200, response: null });
  });

  it("a key with manage:endpoints gets a url that it can send back, and no secret of an endpoint it creates", () => {
    expect(endpointView(shown, ["manage:endpoints"]).url).toBe("https://us3r:***@example.com/hook?token=t0ps3cret");
    for (const scopes of [["manage:endpoints"], ["manage:endpoints", "read"]] as const)
      expect(JSON.stringify(createdEndpointView(shown, scopes))).not.toContain("whsec_");
    expect(createdEndpointView(shown, ["manage"]).secret).toMatch(/^whsec_/);
  });

  it("a key with only read:status lists events without payloads", () => {
    const query = { limit: 1, include: "payload" } as const;
    expect(() => eventQuery(query, ["read:status"])).toThrow(/scope "read"/);
    expect(eventQuery(query, ["read"])).toEqual({ limit: 1 });
    expect(eventQuery({ limit: 1 }, ["read:status"])).toEqual({ limit: 1 });
  });

  it("a key with read or manage sees what receivers responded", () => {
    for (const scope of ["read", "manage"] as const)
      expect(deliveryView(delivery, [scope]).attempts[0]?.response).toMatchObject({ body: "b0dy" });
  });
});
