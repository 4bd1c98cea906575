import { expect, it } from "vitest";
import * as z from "zod";
import { type Operation, ROUTES } from "../../../lambdas/http/routes.ts";
import { openFixture } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

const { callerOf, operator, receive } = openFixture();
const Id = z.object({ id: z.string() });
const Entries = z.object({
  data: z.array(
    z.object({
      action: z.string(),
      keyId: z.string().nullable(),
      isOperator: z.boolean(),
      endpointId: z.string().nullable(),
      subject: z.string().nullable(),
      fields: z.array(z.string()),
    }),
  ),
  nextCursor: z.string().nullable(),
});
const Rows = z.object({ Data: z.tuple([z.object({ ID: z.int() })]) });

/** Routes that change nothing that is kept: they send something. */
const SENDING: readonly Operation[] = [
  "sendEvents",
  "sendMailjetEvents",
  "sendSarbacaneEvents",
  "checkUrl",
  "testUrl",
  "testEndpoint",
  "testCallback",
  "resendEvent",
  "acknowledgeDeliveries",
  "createSession",
  "deleteSession",
];
const activityOf = async (caller: Caller, query = "") =>
  Entries.parse((await caller.call("GET", `/v1/activity${query}`)).json);

it("every change is in the account's activity: who, what and where", async () => {
  const caller = await callerOf("active");
  const receiver = await receive();
  const own = z.object({ key: Id }).parse((await caller.call("GET", "/v1/whoami")).json).key.id;
  const called = new Set<string>();
  const call = async (operation: Operation, path: string, body?: unknown, by = caller) => {
    const route = ROUTES.find((each) => each.operation === operation);
    called.add(operation);
    const answer = await by.call(route?.method ?? "GET", path, body);
    expect(answer.status, answer.text).toBe(route?.answer.status);
    return answer.json;
  };
  const { id } = Id.parse(await call("createEndpoint", "/v1/endpoints", { url: receiver.url, eventTypes: ["a"] }));
  await call("changeEndpoint", `/v1/endpoints/${id}`, { description: "secret words" });
  await call("pauseEndpoint", `/v1/endpoints/${id}/pause`);
  await call("resumeEndpoint", `/v1/endpoints/${id}/resume`);
  await call("rotateSecret", `/v1/endpoints/${id}/secret/rotate`);
  const recovery = Id.parse(await call("createRecovery", "/v1/recoveries", { endpoint: id }));
  await call("cancelRecovery", `/v1/recoveries/${recovery.id}/cancel`);
  const key = Id.parse(await call("createKey", "/v1/accounts/active/keys", { scopes: ["send"] }));
  await call("deleteKey", `/v1/accounts/active/keys/${key.id}`);
  const link = Id.parse(await call("createPortalLink", "/v1/accounts/active/portal-links", { scopes: ["read"] }));
  await call("revokePortalLink", `/v1/accounts/active/portal-links/${link.id}`);
  const path = "/v3/REST/eventcallbackurl";
  const { Data } = Rows.parse(await call("createCallback", path, { EventType: "open", Url: receiver.url }));
  await call("changeCallback", `${path}/${Data[0].ID}`, { Version: 2 });
  await call("deleteCallback", `${path}/${Data[0].ID}`);
  await call("deleteEndpoint", `/v1/endpoints/${id}`);
  const asOperator = await operator();
  await call("putAccount", "/v1/accounts/active", { name: "Active" }, asOperator);
  const { data } = await activityOf(caller);
  expect(data.map(({ action }) => action)).toEqual([
    "account.changed",
    "endpoint.deleted",
    "callback.deleted",
    "callback.changed",
    "callback.created",
    "portal_link.revoked",
    "portal_link.created",
    "key.deleted",
    "key.created",
    "recovery.cancelled",
    "recovery.created",
    "endpoint.secret_rotated",
    "endpoint.resumed",
    "endpoint.paused",
    "endpoint.changed",
    "endpoint.created",
  ]);
  expect(data.slice(1).every(({ keyId, isOperator }) => keyId === own && !isOperator)).toBe(true);
  expect(data[0]).toMatchObject({ isOperator: true, subject: "active" });
  expect(data.find(({ action }) => action === "endpoint.changed")).toMatchObject({ fields: ["description"] });
  expect(data.find(({ action }) => action === "key.created")).toMatchObject({ subject: key.id });
  expect(JSON.stringify(data)).not.toContain("secret words");
  const ofEndpoint = await activityOf(caller, `?endpoint=${id}&limit=100`);
  expect(ofEndpoint.data).toHaveLength(7);
  const page = await activityOf(caller, "?limit=5");
  const next = await activityOf(caller, `?limit=100&cursor=${page.nextCursor}`);
  expect([...page.data, ...next.data]).toEqual(data);
  await call("deleteAccount", "/v1/accounts/active", undefined, asOperator);
  expect((await activityOf(await callerOf("operator"))).data[0]).toMatchObject({
    action: "account.deleted",
    subject: "active",
  });
  const changing = ROUTES.filter(({ method }) => method !== "GET").map(({ operation }) => operation);
  expect(changing.filter((operation) => !called.has(operation) && !SENDING.includes(operation))).toEqual([]);
});
