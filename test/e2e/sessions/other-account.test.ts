import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ROUTES } from "../../../lambdas/http/routes.ts";
import { eventually, openFixture } from "../support/fixture.ts";
import type { SessionCaller } from "../support/harness.ts";

const { callerOf, operator, receive, sessionOf } = openFixture();
const Id = z.object({ id: z.string() });
const Rows = z.object({ Data: z.tuple([z.object({ ID: z.int() })]) });
const BODIES = ["{}", "[]", ""];

/** Everything that account B has, by the prefix of its id. */
const ofB = { ep: "", evt: "", key: "", rec: "", ses: "" };
let ofBCallback = "";
let session: SessionCaller | undefined;
const call: SessionCaller["call"] = async (...args) => {
  if (session === undefined) throw new Error("The session was not opened");
  return session.call(...args);
};

beforeAll(async () => {
  const [b, by, receiver] = [await callerOf("b"), await operator(), await receive()];
  const create = async (path: string, body: unknown, caller = b) =>
    Id.parse((await caller.call("POST", path, body)).json).id;
  ofB.ep = await create("/v1/endpoints", { url: receiver.url, eventTypes: ["*"] });
  ofB.evt = await create("/v1/events", { type: "t", data: { secretOfB: 1 } });
  ofB.key = await create("/v1/accounts/b/keys", { scopes: ["read"] });
  ofB.rec = await create("/v1/recoveries", { endpoint: ofB.ep });
  ofB.ses = await create("/v1/accounts/b/portal-links", {}, by);
  const callback = { EventType: "open", Url: receiver.url };
  ofBCallback = String(Rows.parse((await b.call("POST", "/v3/REST/eventcallbackurl", callback)).json).Data[0].ID);
  await eventually(async () => expect((await b.call("GET", `/v1/events/${ofB.evt}`)).status).toBe(200));
  session = await sessionOf("a");
}, 300_000);

/** All paths of a route with what B has. */
function pathsOf(path: string): string[] {
  const ids = path.startsWith("/v3") ? [ofBCallback, "open|false"] : Object.values(ofB);
  const accounts = path.includes("{account}") ? ["b", "a"] : [""];
  const named = accounts.map((account) => path.replace("{account}", account).replace("{endpoint}", ofB.ep));
  if (!path.includes("{id}")) return named.filter((each) => !each.includes("/a"));
  return named.flatMap((each) => ids.map((id) => each.replace("{id}", encodeURIComponent(id))));
}

describe("account A's session", () => {
  it.each(ROUTES.filter(({ params }) => params !== undefined))(
    "$operation answers 404 for every id of account B, whatever the body",
    async ({ method, path }) => {
      for (const target of pathsOf(path))
        for (const body of method === "GET" || method === "DELETE" ? [undefined] : BODIES) {
          const { status, text } = await call(method, target, body);
          // A body is read before the resource: a wrong one is refused without looking at the resource.
          expect([404, ...(body === undefined ? [] : [400, 422])], `${target} ${body} ${text}`).toContain(status);
          if (body === "{}" && status !== 404) expect(text).not.toMatch(/secretOfB|whsec_/);
        }
    },
  );

  it.each(ROUTES.filter(({ scope }) => scope !== "public"))(
    "$operation answers 404 if the request names account B",
    async ({ method, path }) => {
      const target = path
        .replace("{account}", "a")
        .replace("{id}", path.startsWith("/v3") ? ofBCallback : ofB.ep)
        .replace("{endpoint}", ofB.ep);
      const body = method === "GET" || method === "DELETE" ? undefined : {};
      expect((await call(method, target, body, { "rappel-account": "b" })).status).toBe(404);
    },
  );

  it.each(ROUTES.filter(({ query }) => query?.shape["endpoint"] !== undefined))(
    "$operation finds nothing at an endpoint of account B",
    async ({ method, path }) => {
      const { status, json } = await call(method, `${path}?endpoint=${ofB.ep}`);
      if (status !== 404) expect(json).toMatchObject({ data: [] });
    },
  );

  it.each([
    ["/v1/recoveries", () => ({ endpoint: ofB.ep })],
    ["/v1/accounts/a/portal-links", () => ({ endpoint: ofB.ep })],
  ])("%s refuses an endpoint of account B in the body", async (path, body) => {
    const key = await callerOf("a");
    expect((await key.call("POST", path, body())).status).toBe(404);
  });
});
