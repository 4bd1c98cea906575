import { once } from "node:events";
import { createServer } from "node:net";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clock } from "../../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoEndpoints } from "../../../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoStates } from "../../../lambdas/adapters/dynamodb/states.ts";
import { keys } from "../../../lambdas/adapters/dynamodb/table/table.ts";
import { kmsVault } from "../../../lambdas/adapters/dynamodb/vault.ts";
import { kmsClient } from "../../../local/emulator/engines/aws-clients.ts";
import { readAssembly } from "../../../local/emulator/template/assembly.ts";
import { synthesize } from "../../../local/emulator/template/synth.ts";
import { isEmf, metricsIn } from "../../adapters/emf-lines.ts";
import { nameOf, watchedMetrics } from "../../adapters/watched-metrics.ts";
import { endpointOf, eventually, register } from "../support/fixture.ts";
import { type Caller, type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, type Reply, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

const DAY_MS = 86_400_000;
const NAMESPACE = "Rappel/local";

let rappel: Rappel;
let caller: Caller;
const receivers: Receiver[] = [];
const garbage = createServer((socket) => socket.end("no HTTP at all\r\n\r\n"));

beforeAll(async () => {
  rappel = await startRappel();
  caller = await rappel.callerOf("acme");
  garbage.listen(0, "127.0.0.1");
  await once(garbage, "listening");
}, 300_000);
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  garbage.close();
  await rappel.stop();
});
showWarnings(() => rappel?.logs);

async function receive(reply?: (request: { body: Buffer }) => Reply): Promise<Receiver> {
  const receiver = await startReceiver(reply);
  receivers.push(receiver);
  return receiver;
}

/** Registers an endpoint for events of one type, which is named after its outcome. */
const listen = (type: string, url: string, more: object = {}) => register(caller, url, { eventTypes: [type], ...more });

async function send(type: string, count = 1, from = 0): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({ type, data: `payload-of-${type}-${from + n}` }));
  expect((await caller.call("POST", "/v1/events", events)).status).toBe(202);
}

const figures = () =>
  rappel.logs
    .map((line) => line.slice(line.indexOf(": ") + 2))
    .filter(isEmf)
    .flatMap(metricsIn);
const publishedMetrics = () =>
  new Set(figures().map(({ namespace, name, dimensions }) => nameOf(namespace, name, dimensions)));
const sumOf = (metric: string, service: string) =>
  figures()
    .filter(({ name, dimensions }) => name === metric && dimensions["service"] === service)
    .flatMap(({ values }) => values)
    .reduce((sum, value) => sum + value, 0);

/** Makes everything that Rappel counts happen at least once. */
async function countEverything(): Promise<{ readonly emailsSent: number }> {
  const endpoints = dynamoEndpoints(
    rappel.service.table,
    kmsVault(rappel.service.table, kmsClient(rappel.service.engines)),
  );
  const states = dynamoStates(rappel.service.table);

  await listen("healthy", (await receive()).url);
  let isUp = false;
  const flapping = await listen("flapping", (await receive(() => ({ status: isUp ? 200 : 503 }))).url, {
    retrySchedule: [{ times: 30, everySeconds: 1 }],
  });
  const failing = await receive(() => ({ status: 500 }));
  const secretive = failing.url.replace("://", "://user:s3cret-word@").replace("/hook", "/path-with-a-token");
  await listen("failing", secretive, { headers: { "X-Token": "t0ken-word" } });
  const taken = Promise.withResolvers<void>();
  const picky = await receive(({ body }) => {
    if (!body.includes("rejected-0")) return {};
    return { status: 400, ...(picky.received.length > 1 && { until: taken.promise }) };
  });
  const rejected = await listen("rejected", picky.url, { retrySchedule: [{ times: 5, everySeconds: 2 }] });
  await listen("gone", (await receive(() => ({ status: 410 }))).url);
  await listen("silent", (await receive(() => ({ delayMs: 20_000 }))).url, { timeoutMs: 1_000 });
  const closed = await startReceiver();
  await closed.stop();
  await listen("unreachable", closed.url);
  await listen("no-tls", (await receive()).url.replace("http:", "https:"));
  const address = garbage.address();
  await listen("no-http", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
  const deleted = await listen("deleted", (await receive(() => ({ status: 500 }))).url, {
    retrySchedule: [{ times: 5, everySeconds: 3_600 }],
  });
  const suspended = await listen("suspended", (await receive()).url);
  await states.update(suspended, { set: { status: "suspended", statusSince: clock.now() - 4 * DAY_MS } });
  const moved = await endpoints.find("acme", await listen("moved", (await receive()).url));
  if (moved === undefined) throw new Error("The endpoint is not there");
  // Like a name that was public when it was registered.
  await endpoints.replace({ ...moved, url: "http://10.0.0.1/", version: moved.version + 1 });
  expect((await caller.call("POST", "/v1/endpoints", { url: "http://10.0.0.1/", eventTypes: ["*"] })).status).toBe(422);

  // An endpoint that cannot be read: dispatch fails on its account's messages.
  const { client, name: TableName } = rappel.service.table;
  await client.send(new PutCommand({ TableName, Item: keys.endpoint("damaged", "ep_1") }));
  expect((await (await rappel.callerOf("damaged")).call("POST", "/v1/events", { type: "t", data: 1 })).status).toBe(
    202,
  );
  await eventually(async () => expect(sumOf("MessagesFailed", "dispatch")).toBeGreaterThan(0));

  const alone = ["healthy", "failing", "gone", "silent", "unreachable", "no-tls", "no-http", "deleted", "suspended"];
  for (const type of ["rejected", ...alone, "moved"]) await send(type);
  const emailsSent = await blockEmails();
  // The second event is taken between the first one's attempts, so the failures count against the first event only.
  await eventually(async () => expect((await endpointOf(caller, rejected)).consecutiveFailures).toBeGreaterThan(0));
  await send("rejected", 1, 1);
  await eventually(async () => expect((await endpointOf(caller, rejected)).lastSuccessAt).not.toBe(null));
  taken.resolve();
  await send("flapping", 10);
  await eventually(async () => expect((await endpointOf(caller, flapping)).status).toBe("failing"));
  isUp = true;
  await eventually(async () => expect(sumOf("AttemptsHttpStatus", "dispatch")).toBeGreaterThan(5));
  expect((await caller.call("DELETE", `/v1/endpoints/${deleted}`)).status).toBe(204);
  return { emailsSent };
}

/** Sends blocked e-mails until the failure rate is over its limit: counters are approximate, so 100 may not be enough. */
async function blockEmails(): Promise<number> {
  const blocked = Array.from({ length: 100 }, () => ({ event: "blocked", email: "ann@mail.example" }));
  let emailsSent = 0;
  await eventually(async () => {
    expect((await caller.call("POST", "/v1/sources/mailjet", blocked)).status).toBe(200);
    emailsSent += blocked.length;
    await eventually(async () => expect(sumOf("FailureRateExceeded", "dispatch")).toBe(1), 20_000);
  });
  return emailsSent;
}

describe("the log line of a failed attempt", () => {
  it("the log line of a failed attempt names the account, the attempt, its age and its outcome", async () => {
    const owner = await rappel.callerOf("logged");
    const endpoint = await register(owner, (await receive(() => ({ status: 503 }))).url);
    await owner.call("POST", "/v1/events", { type: "t", data: "the-payload-itself" });
    const lines = () => rappel.logs.filter((line) => line.includes("attempt failed") && line.includes(endpoint));
    await eventually(async () => expect(lines().length).toBeGreaterThan(1));
    const [first, second] = lines().map((line) => JSON.parse(line.slice(line.indexOf("{"))));
    expect(first).toMatchObject({
      service: "dispatch",
      account: "logged",
      attempt: 1,
      outcome: "http_status",
      status: 503,
    });
    expect(second).toMatchObject({
      service: "wake",
      endpoint,
      event: first.event,
      attempt: 2,
      durationMs: expect.any(Number),
    });
    expect(second.ageMs).toBeGreaterThanOrEqual(1_000);
  });
});

describe("the metrics", { timeout: 900_000 }, () => {
  it("Rappel publishes exactly the metrics that dashboards and alarms use", async () => {
    const { templates } = readAssembly(await synthesize());
    const template = templates.get("rappel-local-observability");
    if (template === undefined) throw new Error("The stack of dashboards and alarms was not synthesised");
    const { alarms, widgets } = watchedMetrics(template);
    const rappelMetrics = (names: Set<string>) => [...names].filter((name) => name.startsWith(`${NAMESPACE} `)).sort();
    expect(rappelMetrics(alarms)).toHaveLength(7);

    const { emailsSent } = await countEverything();
    await eventually(async () => expect([...publishedMetrics()].sort()).toEqual(rappelMetrics(widgets)));
    expect(rappelMetrics(alarms).filter((name) => !publishedMetrics().has(name))).toEqual([]);
    expect(rappelMetrics(widgets).every((name) => name.includes(" service="))).toBe(true);
    // For a healthy receiver nothing is counted twice: ten deliveries were pending, and ten were delivered.
    await eventually(async () => expect(sumOf("PendingDelivered", "wake")).toBeGreaterThanOrEqual(10));
    expect(sumOf("EventsAccepted", "accept")).toBe(1 + 1 + 11 + 1 + 10 + emailsSent); // 1 is the log line test's, 1 the damaged account's
  });
});
