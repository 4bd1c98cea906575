import { describe, expect, it } from "vitest";
import type { KeyHolder } from "../../../lambdas/accounts/model/session.ts";
import { type Operations, router } from "../../../lambdas/http/router.ts";
import { ROUTES } from "../../../lambdas/http/routes.ts";
import { sessionCookie, sessionIn } from "../../../lambdas/http/sessions/session-cookie.ts";

const ID = "01JD7X1RZ8M3V0A6Q5T2Y9WKBC";
const [EP, OTHER] = [`ep_${ID}`, "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBD"];
const own = { host: "hooks.example.com", "x-forwarded-proto": "https", origin: "https://hooks.example.com" };
const cookie = `theme=dark; __Host-rappel=ses_${ID}.right`;
const basic = (id: string, secret = "right") => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
const WRONG = basic("key_1", "wrong");

/** A router whose operations answer what they were called with. @param session of the holder of `ses_…` */
function routerWith(session: Partial<NonNullable<KeyHolder["session"]>> = {}) {
  const echo = async (call: object) => ({ ...call, origin: "origin" in call && (call.origin as () => string)() });
  const operations = Object.fromEntries(ROUTES.map(({ operation }) => [operation, echo]));
  const scopes = ["send", "manage", "read"] as const;
  const held = { id: `ses_${ID}`, keyId: "key_1", validUntil: 1, isFromLink: true, ...session };
  const answer = router<"api">(
    operations as unknown as Operations<"api">,
    async (id, secret) =>
      secret === "right" ? { account: "acme", scopes, ...(id.startsWith("ses_") && { session: held }) } : undefined,
    () => undefined,
  );
  return async (method: string, path: string, headers: Record<string, string>, body = "") => {
    const [pathOnly = "", query = ""] = path.split("?");
    const request = { method, path: pathOnly, query: Object.fromEntries(new URLSearchParams(query)), headers };
    const answered = await answer({ ...request, body: Buffer.from(body) });
    const { status, headers: answers, body: text } = answered;
    return { status, headers: answers, json: text === undefined ? undefined : JSON.parse(String(text)) };
  };
}

describe("a request with a session's cookie", () => {
  it("is made by the session's key, for its account", async () => {
    const { json } = await routerWith()("GET", "/v1/whoami", { ...own, cookie });
    expect(json).toMatchObject({ account: "acme", isOperator: false, key: { id: "key_1" }, origin: own.origin });
  });

  it("GET needs no Origin: a page may be opened from a bookmark", async () => {
    expect((await routerWith()("GET", "/v1/endpoints", { host: own.host, cookie })).status).toBe(200);
  });

  it.each<[string, number, Record<string, string>]>([
    ["with its own Origin", 204, own],
    ["with its own Origin in capitals", 204, { ...own, origin: "https://HOOKS.example.com" }],
    [
      "with Sec-Fetch-Site: same-origin, behind a proxy that changes Host",
      204,
      { ...own, host: "inner", "sec-fetch-site": "same-origin" },
    ],
    ["without Origin", 403, { host: own.host }],
    ["with another host's Origin", 403, { ...own, origin: "https://evil.example.com" }],
    ["with another scheme", 403, { ...own, origin: "http://hooks.example.com" }],
    ["with another port", 403, { ...own, origin: "https://hooks.example.com:8443" }],
    ["of a page without origin", 403, { ...own, origin: "null" }],
    ["from a host of the same site", 403, { ...own, "sec-fetch-site": "same-site" }],
    ["from another site", 403, { ...own, "sec-fetch-site": "cross-site" }],
  ])("a change %s gets %i", async (_, status, headers) => {
    const answered = await routerWith()("DELETE", `/v1/endpoints/${EP}`, { ...headers, cookie });
    expect(answered.status).toBe(status);
    if (status === 403) expect(answered.json.code).toBe("ORIGIN_FORBIDDEN");
  });

  it.each(ROUTES.filter(({ method, scope }) => method !== "GET" && scope !== "public"))(
    "$operation is refused from another site",
    async ({ method, path }) => {
      const target = path
        .replace("{account}", "acme")
        .replace("{id}", path.startsWith("/v3") ? "1" : EP)
        .replace("{endpoint}", EP);
      const { status } = await routerWith()(method, target, { ...own, origin: "https://evil.example.com", cookie });
      expect(status).toBe(403);
    },
  );

  it("a key needs no Origin, and another site's page cannot have one", async () => {
    const headers = { host: own.host, authorization: basic("key_1"), origin: "https://evil.example.com" };
    expect((await routerWith()("DELETE", `/v1/endpoints/${EP}`, headers)).status).toBe(204);
  });

  it("a session that has ended gets SESSION_INVALID, without a challenge that opens a browser's dialog", async () => {
    const { status, headers, json } = await routerWith()("GET", "/v1/whoami", {
      ...own,
      cookie: `__Host-rappel=ses_${ID}.wrong`,
    });
    expect([status, json.code, headers["www-authenticate"]]).toEqual([
      401,
      "SESSION_INVALID",
      'Session realm="Rappel"',
    ]);
    expect(json.detail).toContain("open a new link");
  });

  it("a script without credentials gets no such challenge either, but a program does", async () => {
    const script = await routerWith()("GET", "/v1/whoami", { ...own, "sec-fetch-dest": "empty" });
    expect([script.json.code, script.headers["www-authenticate"]]).toEqual(["KEY_INVALID", 'Session realm="Rappel"']);
    const program = await routerWith()("GET", "/v1/whoami", own);
    expect(program.headers["www-authenticate"]).toMatch(/^Basic /);
  });

  it("a session's id is no user name, and a key in the cookie is no session", async () => {
    const asUser = await routerWith()("GET", "/v1/whoami", { ...own, authorization: basic(`ses_${ID}`) });
    expect(asUser.json.code).toBe("KEY_INVALID");
    const asCookie = await routerWith()("GET", "/v1/whoami", { ...own, cookie: "__Host-rappel=key_1.right" });
    expect(asCookie.json.code).toBe("SESSION_INVALID");
  });

  it("Authorization decides if both are sent", async () => {
    const headers = { ...own, cookie, authorization: WRONG };
    expect((await routerWith()("GET", "/v1/whoami", headers)).json.code).toBe("KEY_INVALID");
  });
});

describe("what a link's session may create", () => {
  it.each(["keys", "portal-links"])(
    "a session that a link opened cannot create %s, which would outlive it",
    async (what) => {
      const create = (isFromLink: boolean) =>
        routerWith({ isFromLink })("POST", `/v1/accounts/acme/${what}`, { ...own, cookie });
      expect((await create(true)).json.code).toBe("KEY_REQUIRED");
      expect((await create(false)).status).toBe(201);
    },
  );
});

describe("opening a session", () => {
  it("needs no Origin, unless a browser says that it is another site's", async () => {
    const open = (headers: Record<string, string>) =>
      routerWith()("POST", "/v1/sessions", { host: own.host, ...headers }, '{"code":"c"}');
    expect((await open({})).status).toBe(201);
    expect((await open(own)).status).toBe(201);
    expect((await open({ origin: "https://evil.example.com" })).json.code).toBe("ORIGIN_FORBIDDEN");
    expect((await open({ "sec-fetch-site": "same-site" })).json.code).toBe("ORIGIN_FORBIDDEN");
  });

  it("uses a key, but no cookie: a session cannot open the next one", async () => {
    const open = (headers: Record<string, string>) => routerWith()("POST", "/v1/sessions", { ...own, ...headers });
    expect((await open({ authorization: basic("key_1") })).json.key.id).toBe("key_1");
    expect((await open({ cookie })).json.key.id).toBe("");
    expect((await open({ authorization: WRONG })).json.code).toBe("KEY_INVALID");
  });
});

describe("the origin of the service", () => {
  it.each(["", "a b", "evil.com/x", "user@hooks.example.com", "a\nb"])(
    "a request with the Host %j gets no link",
    async (host) => {
      const headers = { ...own, host, authorization: basic("key_1") };
      expect((await routerWith()("POST", "/v1/accounts/acme/portal-links", headers)).json.code).toBe("REQUEST_INVALID");
    },
  );

  it.each([
    ["hooks.example.com", "https", "https://hooks.example.com"],
    ["127.0.0.1:3000", "http", "http://127.0.0.1:3000"],
    ["[::1]:3000", "http", "http://[::1]:3000"],
    ["hooks.example.com", "javascript", "https://hooks.example.com"],
  ])("the Host %s under %s is %s", async (host, scheme, origin) => {
    const headers = { host, "x-forwarded-proto": scheme, authorization: basic("key_1") };
    expect((await routerWith()("GET", "/v1/whoami", headers)).json.origin).toBe(origin);
  });
});

describe("a session of one endpoint", () => {
  const call = routerWith({ endpoint: EP });
  const ID_OF: Readonly<Record<string, string>> = {
    events: "evt",
    recoveries: "rec",
    keys: "key",
    "portal-links": "ses",
  };

  it.each(ROUTES.filter(({ scope }) => scope !== "public"))(
    "$operation: only what is about the endpoint",
    async ({ method, path, ofEndpoint, query }) => {
      const kind = ID_OF[path.split("/").find((part) => part in ID_OF) ?? ""];
      const at = (endpoint: string) =>
        path
          .replace("{account}", "acme")
          .replace("{id}", path.startsWith("/v3") ? "1" : kind ? `${kind}_${ID}` : endpoint)
          .replace("{endpoint}", endpoint);
      const body = path.endsWith("/acknowledge") ? `{"events":["evt_${ID}"]}` : "{}";
      const send = (target: string) => call(method, target, { ...own, cookie }, method === "GET" ? "" : body);
      if (ofEndpoint === undefined) {
        const { status } = await send(at(EP));
        expect(status).toBe(403);
      } else if (ofEndpoint === "path") {
        expect((await send(at(OTHER))).json.code).toBe("ENDPOINT_NOT_FOUND");
        expect((await send(at(EP))).status).toBeLessThan(300);
      } else if (ofEndpoint === "query") {
        expect((await send(at(EP))).json.query.endpoint).toBe(EP);
        expect((await send(`${at(EP)}?endpoint=${EP}`)).json.query.endpoint).toBe(EP);
        expect((await send(`${at(EP)}?endpoint=${OTHER}`)).json.code).toBe("ENDPOINT_NOT_FOUND");
        expect(query?.shape["endpoint"]).toBeDefined();
      } else {
        const { json, status } = await send(at(EP));
        expect(status).toBeLessThan(300);
        if (ofEndpoint === "own") expect(json.only).toBe(EP);
      }
    },
  );
});

describe("the cookie", () => {
  it("is only for this host, not for scripts and not for other sites, unless they may embed the console", () => {
    expect(sessionCookie("ses_1.t", 60, "'none'")).toEqual({
      "set-cookie": "__Host-rappel=ses_1.t; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=60",
    });
    expect(sessionCookie("", 0, "https://app.example.com")).toEqual({
      "set-cookie": "__Host-rappel=; Path=/; HttpOnly; Secure; SameSite=None; Partitioned; Max-Age=0",
    });
  });

  it.each([
    ["__Host-rappel=a.b", { id: "a", secret: "b" }],
    ["x=1; __Host-rappel=a.b; y=2", { id: "a", secret: "b" }],
    ["x__Host-rappel=a.b", undefined],
    ["__Host-rappel=", undefined],
    [undefined, undefined],
  ])("%j is read", (cookies, session) => {
    expect(sessionIn(cookies)).toEqual(session);
  });
});
