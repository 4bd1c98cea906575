import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { hasScope, SCOPES } from "../../../lambdas/accounts/model/key.ts";
import { MailjetError } from "../../../lambdas/http/error-format.ts";
import { type Operation, ROUTES } from "../../../lambdas/http/routes.ts";
import { type Answer, type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";
import { expectProblem } from "./problem.ts";
import { type Example, examplesOf } from "./route-examples.ts";

let rappel: Omit<Rappel, "service">;
let caller: Caller;
let operator: Caller;
let receiver: Receiver;

let endpointId = "";
let examples: Record<Operation, Example>;

beforeAll(async () => {
  [rappel, receiver] = await Promise.all([joinRappel(), startReceiver()]);
  caller = await rappel.callerOf("api");
  operator = await rappel.operator();
  await operator.call("PUT", "/v1/accounts/deletable");
  const Id = z.object({ id: z.string() });
  const create = async () =>
    Id.parse((await caller.call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["*"] })).json).id;
  const Rows = z.object({ Data: z.tuple([z.object({ ID: z.int() })]) });
  const createCallback = async (EventType: string) => {
    const body = { EventType, Url: receiver.url };
    return String(Rows.parse((await caller.call("POST", "/v3/REST/eventcallbackurl", body)).json).Data[0].ID);
  };
  const [endpoint, deletableEndpoint] = [await create(), await create()];
  endpointId = endpoint;
  const [callback, deletableCallback] = [await createCallback("click"), await createCallback("spam")];
  const key = Id.parse((await operator.call("POST", "/v1/accounts/api/keys", { scopes: ["read"] })).json).id;
  const event = Id.parse((await caller.call("POST", "/v1/events", { type: "t", data: { a: 1 } })).json).id;
  const link = Id.parse((await operator.call("POST", "/v1/accounts/api/portal-links")).json).id;
  const recovery = Id.parse((await caller.call("POST", "/v1/recoveries", { endpoint })).json).id;
  while ((await caller.call("GET", `/v1/events/${event}`)).status === 404);
  examples = examplesOf(
    { endpoint, deletableEndpoint, event, key, link, recovery, callback, deletableCallback },
    receiver.url,
  );
}, 300_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

/** Expects the error format of the path: Mailjet's errors have no code. */
function expectError({ path }: (typeof ROUTES)[number], answer: Answer, status: number, code: string): void {
  if (!path.startsWith("/v3/")) {
    expectProblem(answer, status, code);
    return;
  }
  expect([answer.status, answer.headers.get("content-type")], answer.text).toEqual([status, "application/json"]);
  expect(MailjetError.parse(answer.json)).toMatchObject({ StatusCode: status });
}

function pathOf({ operation, path }: (typeof ROUTES)[number]): string {
  const { account = "api", params } = examples[operation];
  return path
    .replace("{account}", account)
    .replace("{id}", params?.() ?? "")
    .replace("{endpoint}", endpointId);
}

/** The caller that may use a route: an operator for the routes that manage accounts. */
function callerFor({ path, isOperators }: (typeof ROUTES)[number]): Caller {
  return isOperators || path.startsWith("/v1/accounts") ? operator : caller;
}

describe("every route", () => {
  it.each(ROUTES)("$operation answers a valid request with the status and schema of the route table", async (route) => {
    const { operation, method, answer } = route;
    const answered = await callerFor(route).call(method, pathOf(route), examples[operation].body?.());
    expect(answered.status, answered.text).toBe(answer.status);
    const isText = answer.media?.startsWith("text/") ?? false;
    if (answer.schema !== undefined) answer.schema.parse(isText ? answered.text : answered.json);
  });

  it.each(ROUTES)("$operation answers an invalid request with an error that the route table lists", async (route) => {
    const { operation, method, errors } = route;
    const { bad } = examples[operation];
    const answered = await callerFor(route).call(method, bad.path ?? pathOf(route), bad.body);
    expectError(route, answered, bad.status, bad.code);
    if (bad.code !== "ROUTE_NOT_FOUND") expect(errors).toContain(bad.code);
  });

  it.each(
    ROUTES.flatMap(({ scope, ...route }) => (scope === "public" || scope === "any" ? [] : [{ ...route, scope }])),
  )("$operation needs a key with the scope $scope", async ({ scope, ...rest }) => {
    const route = { ...rest, scope };
    const { operation, method } = route;
    const { body } = examples[operation];
    const target = pathOf(route);
    expectError(route, await caller.call(method, target, body?.(), { authorization: "" }), 401, "KEY_INVALID");
    const otherScopes = SCOPES.filter((other) => !hasScope([other], scope));
    const lacking = await rappel.callerOf("api", otherScopes);
    expectError(route, await lacking.call(method, target, body?.()), 403, "SCOPE_MISSING");
  });

  it.each(ROUTES.filter(({ params }) => params !== undefined))(
    "$operation answers 404 for another account's resource",
    async (route) => {
      const otherAccount = await rappel.callerOf("api-stranger");
      const answered = await otherAccount.call(route.method, pathOf(route), examples[route.operation].body?.());
      expect(answered.status).toBe(404);
    },
  );

  it.each(ROUTES.filter(({ isOperators }) => isOperators === true))(
    "$operation answers 403 without an operator key",
    async (route) => {
      const { account = "api", body } = examples[route.operation];
      const accountCaller = await rappel.callerOf(`own-${account}`);
      const path = pathOf(route).replace(/(accounts\/).+/, `$1own-${account}`);
      expectProblem(await accountCaller.call(route.method, path, body?.()), 403, "OPERATOR_KEY_REQUIRED");
    },
  );
});
