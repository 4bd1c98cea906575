import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { expectProblem } from "../api/problem.ts";
import { eventually, openFixture, register } from "../support/fixture.ts";
import type { Caller, SessionCaller } from "../support/harness.ts";

const { callerOf, operator, receive, sessionOf, url } = openFixture();
const Id = z.object({ id: z.string() });
const Link = z.object({ id: z.string(), url: z.string(), expiresAt: z.string() });
const Page = z.object({ data: z.array(z.object({ id: z.string() })) });

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url() + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
/** At the latest when no function has the session in its cache any more; `test/accounts/sessions.test.ts` has the 30 s. */
const expectRefused = (headers: Record<string, string>) =>
  eventually(async () => expect((await fetch(`${url()}/v1/whoami`, { headers })).status).toBe(401));
const codeOf = (link: string) => link.split("#code=")[1];

describe.concurrent("from a link to a session", () => {
  it("a link opens the console's session, which calls the API as its account until it is revoked", async () => {
    const by = await operator();
    const receiver = await receive();
    const created = await by.call("POST", "/v1/accounts/linked/portal-links", {
      returnUrl: "https://app.example.com/",
    });
    const link = Link.parse(created.json);
    expect(link.url.startsWith(`${url()}/console#code=${link.id}.`)).toBe(true);
    const opened = await post("/v1/sessions", { code: codeOf(link.url) });
    expect(opened.status).toBe(201);
    expect(await opened.json()).toMatchObject({
      id: link.id,
      account: "linked",
      scopes: ["read", "manage:endpoints"],
      endpoint: null,
      returnUrl: "https://app.example.com/",
    });
    const setCookie = opened.headers.get("set-cookie") ?? "";
    expect(setCookie).toMatch(/^__Host-rappel=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=\d+$/);
    expect(opened.headers.get("cache-control")).toBe("no-store");
    const headers = { cookie: setCookie.split(";")[0] ?? "", origin: new URL(url()).origin };
    const whoami = await (await fetch(`${url()}/v1/whoami`, { headers })).json();
    expect(whoami).toMatchObject({ account: "linked", isOperator: false, session: { id: link.id } });
    const endpoint = { url: receiver.url, eventTypes: ["*"] };
    expect((await post("/v1/endpoints", endpoint, headers)).status).toBe(201);
    expect((await post("/v1/endpoints", endpoint, { cookie: headers.cookie })).status).toBe(403);
    const activity = await (await callerOf("linked")).call("GET", "/v1/activity");
    expect(activity.json).toMatchObject({
      data: [
        { action: "endpoint.created", sessionId: link.id, isOperator: false },
        { action: "portal_link.created", sessionId: null, isOperator: true, subject: link.id },
      ],
    });
    const again = await post("/v1/sessions", { code: codeOf(link.url) });
    expect([again.status, await again.json()]).toMatchObject([
      410,
      { code: "LINK_INVALID", detail: expect.stringContaining("Ask for a new link") },
    ]);
    await by.call("DELETE", `/v1/accounts/linked/portal-links/${link.id}`);
    await expectRefused(headers);
  });

  it("two exchanges of a code at the same moment open one session", async () => {
    const by = await operator();
    const link = Link.parse((await by.call("POST", "/v1/accounts/raced/portal-links")).json);
    const sent = Array.from({ length: 8 }, () => post("/v1/sessions", { code: codeOf(link.url) }));
    const statuses = (await Promise.all(sent)).map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, 410, 410, 410, 410, 410, 410, 410]);
  });

  it("a key signs in, and signing out ends the session and removes the cookie", async () => {
    const { authorization } = await callerOf("own");
    const opened = await post("/v1/sessions", {}, { authorization });
    expect([opened.status, await opened.json()]).toMatchObject([201, { account: "own", returnUrl: null }]);
    const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
    const headers = { cookie, origin: new URL(url()).origin };
    const ended = await fetch(`${url()}/v1/sessions/current`, { method: "DELETE", headers });
    expect([ended.status, ended.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    await expectRefused(headers);
  });

  it("a session is good for routes of both functions: it sends events too, if its scopes allow", async () => {
    const session = await sessionOf("sending");
    expect((await session.call("POST", "/v1/events", { type: "t", data: 1 })).status).toBe(202);
    const reading = await sessionOf("sending", { scopes: ["read"] });
    expectProblem(await reading.call("POST", "/v1/events", { type: "t", data: 1 }), 403, "SCOPE_MISSING");
  });
});

describe("a session of one endpoint", () => {
  let [owner, session]: [Caller | undefined, SessionCaller | undefined] = [undefined, undefined];
  const ids = { own: "", other: "", shared: "", others: "" };
  const call: Caller["call"] = async (...args) => {
    if (session === undefined) throw new Error("The session was not opened");
    return session.call(...args);
  };

  beforeAll(async () => {
    const receiver = await receive();
    owner = await callerOf("one-endpoint");
    ids.own = await register(owner, receiver.url, { eventTypes: ["shared"] });
    ids.other = await register(owner, receiver.url, { eventTypes: ["shared", "others"] });
    const send = async (type: string) =>
      Id.parse((await owner?.call("POST", "/v1/events", { type, data: { n: 1 } }))?.json).id;
    ids.shared = await send("shared");
    ids.others = await send("others");
    for (const event of [ids.shared, ids.others])
      await eventually(async () => expect((await owner?.call("GET", `/v1/events/${event}`))?.status).toBe(200));
    session = await sessionOf("one-endpoint", { endpoint: ids.own });
  });

  it("lists only the endpoint, its events and its deliveries", async () => {
    expect(Page.parse((await call("GET", "/v1/endpoints")).json).data).toMatchObject([{ id: ids.own }]);
    expect(Page.parse((await call("GET", "/v1/events")).json).data).toMatchObject([{ id: ids.shared }]);
    const deliveries = await call("GET", "/v1/deliveries?status=delivered");
    expect(deliveries.text).toContain(ids.own);
    expect(deliveries.text).not.toContain(ids.other);
  });

  it("shows of a shared event only the delivery to the endpoint, and nothing of others", async () => {
    const { json, text } = await call("GET", `/v1/events/${ids.shared}`);
    expect(json).toMatchObject({ deliveries: [{ endpointId: ids.own }], reasonParams: { endpoints: 1 } });
    expect(text).not.toContain(ids.other);
    expect((await call("GET", `/v1/events/${ids.shared}/payload`)).status).toBe(200);
    for (const path of [`/v1/events/${ids.others}`, `/v1/events/${ids.others}/payload`])
      expectProblem(await call("GET", path), 404, "EVENT_NOT_FOUND");
  });

  it("resends to the endpoint alone", async () => {
    const resent = await call("POST", `/v1/events/${ids.shared}/resend`);
    expect([resent.status, resent.json]).toMatchObject([202, { deliveries: [{ endpointId: ids.own }] }]);
    const wrong = await call("POST", `/v1/events/${ids.shared}/resend`, { endpoints: [ids.other] });
    expectProblem(wrong, 404, "ENDPOINT_NOT_FOUND");
    expectProblem(await call("POST", `/v1/events/${ids.others}/resend`), 404, "EVENT_NOT_FOUND");
  });

  it("counts the endpoint alone", async () => {
    const { text } = await call("GET", "/v1/stats?by=endpoint");
    expect(text).not.toContain(ids.other);
    expectProblem(await call("GET", "/v1/stats?by=type"), 403, "SESSION_RESTRICTED");
  });

  it("recovers the endpoint alone, and sees no other recovery", async () => {
    const all = Id.parse((await owner?.call("POST", "/v1/recoveries", {}))?.json).id;
    expectProblem(await call("GET", `/v1/recoveries/${all}`), 404, "RECOVERY_NOT_FOUND");
    expectProblem(await call("POST", `/v1/recoveries/${all}/cancel`), 404, "RECOVERY_NOT_FOUND");
    const own = Id.parse((await call("POST", "/v1/recoveries", { types: ["shared"] })).json).id;
    expect((await call("GET", `/v1/recoveries/${own}`)).json).toMatchObject({ endpoint: ids.own });
    expect(Page.parse((await call("GET", "/v1/recoveries")).json).data.map(({ id }) => id)).toEqual([own]);
    expectProblem(await call("POST", "/v1/recoveries", { endpoint: ids.other }), 404, "ENDPOINT_NOT_FOUND");
  });
});
