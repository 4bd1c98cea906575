import { expect, it } from "vitest";
import * as z from "zod";
import { openFixture, register } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

const fixture = openFixture();
const Made = z.object({ id: z.string(), secret: z.string(), prefix: z.string() });

it("an operator creates an account, whose keys can be replaced without a gap", async () => {
  const operator = await fixture.operator();
  const put = await operator.call("PUT", "/v1/accounts/acme", { name: "Acme Ltd.", retentionDays: 7 });
  expect([put.status, put.json]).toMatchObject([
    200,
    { id: "acme", name: "Acme Ltd.", status: "active", retentionDays: 7, limits: { endpoints: 50 }, deletion: null },
  ]);
  const make = async () => Made.parse((await operator.call("POST", "/v1/accounts/acme/keys")).json);
  const [first, second] = [await make(), await make()];
  expect(first.secret.startsWith(first.prefix)).toBe(true);
  expect((await operator.call("POST", "/v1/accounts/acme/keys")).json).toMatchObject({ code: "KEY_LIMIT_REACHED" });
  const callers = [first, second].map((key) => fixture.callerWith("acme", key));
  for (const caller of callers) {
    expect((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).status).toBe(202);
    expect((await caller.call("GET", "/v1/accounts/acme")).json).toMatchObject({ name: "Acme Ltd." });
  }
  const listed = await operator.call("GET", "/v1/accounts/acme/keys");
  expect(listed.json).toMatchObject({
    data: [{ id: first.id, prefix: first.prefix, lastUsedAt: expect.any(String), expiresAt: null }, { id: second.id }],
  });
  expect(listed.text).not.toContain(first.secret);
  expect((await operator.call("DELETE", `/v1/accounts/acme/keys/${first.id}`)).status).toBe(204);
  expect((await operator.call("GET", "/v1/accounts/acme/keys")).json).toMatchObject({ data: [{ id: second.id }] });
  expect((await make()).id).not.toBe(second.id);
});

it("an account's own key creates keys with its own scopes only, and for its own account only", async () => {
  const operator = await fixture.operator();
  await operator.call("PUT", "/v1/accounts/globex");
  const body = { scopes: ["manage", "read"], name: "ci", expiresAt: "2100-01-01T00:00:00Z" };
  const manager = Made.parse((await operator.call("POST", "/v1/accounts/globex/keys", body)).json);
  const caller = fixture.callerWith("globex", manager);
  const ask = (scopes: string[]) => caller.call("POST", "/v1/accounts/globex/keys", { scopes });
  expect((await ask(["send"])).json).toMatchObject({ code: "SCOPE_MISSING" });
  expect((await ask(["read"])).json).toMatchObject({ account: "globex", scopes: ["read"] });
  expect((await caller.call("POST", "/v1/accounts/acme/keys")).json).toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
  const past = await operator.call("POST", "/v1/accounts/globex/keys", { expiresAt: "2020-01-01T00:00:00Z" });
  expect(past.json).toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/expiresAt" }] });
});

it("the API refuses a key after it has expired", async () => {
  const operator = await fixture.operator();
  await operator.call("PUT", "/v1/accounts/brief");
  const { key, expiresAt } = await briefKey(operator);
  const caller = fixture.callerWith("brief", key);
  for (let status = 200; status === 200; ) {
    const askedAt = Date.now();
    ({ status } = await caller.call("GET", "/v1/accounts/brief"));
    if (status === 200) expect(askedAt).toBeLessThan(expiresAt);
    else expect([status, Date.now() >= expiresAt]).toEqual([401, true]);
  }
});

/** Creates a key that expires after 1.5 s, or later if creating it takes longer than that. */
async function briefKey(operator: Caller, forMs = 1_500) {
  const expiresAt = Date.now() + forMs;
  const body = { expiresAt: new Date(expiresAt).toISOString() };
  const { status, json } = await operator.call("POST", "/v1/accounts/brief/keys", body);
  if (status === 201) return { key: Made.parse(json), expiresAt };
  expect([status, Date.now() > expiresAt]).toEqual([422, true]);
  return briefKey(operator, 2 * forMs);
}

it("an account cannot exceed its limits of endpoints and of events per second", async () => {
  const operator = await fixture.operator();
  await operator.call("PUT", "/v1/accounts/small", { limits: { endpoints: 1, eventsPerSecond: 1 } });
  const caller = await fixture.callerOf("small");
  const url = (await fixture.receive()).url;
  await register(caller, url);
  expect((await caller.call("POST", "/v1/endpoints", { url, eventTypes: ["*"] })).json).toMatchObject({
    code: "ENDPOINT_LIMIT_REACHED",
  });
  // With that event, 500 events use up 500 seconds of the limit. The next one must wait for all but the one second of tolerance.
  const { id } = z
    .object({ id: z.string() })
    .parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
  const many = Array.from({ length: 499 }, () => ({ type: "t", data: 1 }));
  const sentAt = Date.now();
  expect((await caller.call("POST", "/v1/events", many)).status).toBe(202);
  const refused = await caller.call("POST", "/v1/events", { type: "t", data: 1 });
  expect([refused.status, refused.json]).toMatchObject([429, { code: "RATE_LIMITED" }]);
  const retryAfter = Number(refused.headers.get("retry-after"));
  expect(retryAfter).toBeLessThanOrEqual(499);
  expect(Date.now() + retryAfter * 1_000).toBeGreaterThanOrEqual(sentAt + 499_000);
  const resent = await caller.call("POST", `/v1/events/${id}/resend`);
  expect([resent.status, resent.json]).toMatchObject([429, { code: "RATE_LIMITED" }]);
  expect(Number(resent.headers.get("retry-after"))).toBeGreaterThan(0);
  const other = await fixture.callerOf("large");
  expect((await other.call("POST", "/v1/events", many)).status).toBe(202);
});

it("the list of accounts is sorted by id and includes accounts that a key or an endpoint created", async () => {
  const operator = await fixture.operator();
  for (const id of ["list-b", "list-a"]) await operator.call("PUT", `/v1/accounts/${id}`);
  await fixture.callerOf("list-c");
  const url = (await fixture.receive()).url;
  await operator.call("POST", "/v1/endpoints", { url, eventTypes: ["*"] }, { "rappel-account": "list-d" });
  const seen: string[] = [];
  const Page = z.object({ data: z.array(z.object({ id: z.string() })), nextCursor: z.string().nullable() });
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await operator.call("GET", `/v1/accounts?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    const { data, nextCursor } = Page.parse(page.json);
    seen.push(...data.map(({ id }) => id));
    cursor = nextCursor;
  }
  expect(seen.filter((id) => id.startsWith("list-"))).toEqual(["list-a", "list-b", "list-c", "list-d"]);
});

it("an account that is being deleted accepts no events, endpoints, keys or changes", async () => {
  const operator = await fixture.operator();
  await operator.call("PUT", "/v1/accounts/leaving");
  const deleted = await operator.call("DELETE", "/v1/accounts/leaving");
  expect([deleted.status, deleted.json]).toMatchObject([
    202,
    { id: "leaving", status: "deleting", deletion: { phase: "cancelling", eventsErased: 0, endpointsLeft: 0 } },
  ]);
  expect((await operator.call("DELETE", "/v1/accounts/leaving")).json).toEqual(deleted.json);
  const named = { "rappel-account": "leaving" };
  expect((await operator.call("POST", "/v1/events", { type: "t", data: 1 }, named)).json).toMatchObject({
    code: "ACCOUNT_DELETED",
  });
  const url = (await fixture.receive()).url;
  for (const [method, path, body] of [
    ["POST", "/v1/endpoints", { url, eventTypes: ["*"] }],
    ["POST", "/v1/accounts/leaving/keys", {}],
    ["PUT", "/v1/accounts/leaving", {}],
  ] as const)
    expect((await operator.call(method, path, body, named)).json).toMatchObject({ code: "ACCOUNT_DELETED" });
});
