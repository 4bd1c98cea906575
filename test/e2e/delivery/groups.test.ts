import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook as Judge } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findFreePort } from "../../../local/emulator/engines/free-port.ts";
import {
  deliveriesOf,
  endpointOf,
  eventually,
  haveWaiting,
  openFixture,
  register,
  SHORT,
  send,
} from "../support/fixture.ts";
import { type Caller, callerWith } from "../support/harness.ts";
import { type Received, startReceiver } from "../support/receiver.ts";
import { authorizationIn, startProcess } from "../support/service-process.ts";

const { callerOf, receive } = openFixture();
const EVENTS = 500;
const REQUESTS = 5;
const VERSION_2 = { Version: 2, EventType: "open" };
const Ids = z.object({ data: z.array(z.object({ id: z.string() })) });
/** Two probes, each of a lone event, then what was left, a hundred at a time. */
const SIZES = [1, 1, 98, 100, 100, 100, 100];
const PATIENCE_MS = 300_000;

const idsOf = ({ headers }: Received) => (headers["rappel-event-ids"] ?? "").split(",");
const numbersOf = ({ body }: Received) =>
  z
    .array(z.object({ MessageID: z.int() }))
    .parse(JSON.parse(body.toString()))
    .map(({ MessageID }) => MessageID);

/** 500 of Mailjet's events in five requests. @returns their ids */
async function sendAll(caller: Caller): Promise<string[]> {
  const ids: string[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const events = Array.from({ length: EVENTS / REQUESTS }, (_, n) => ({
      event: "open",
      time: 1_433_333_949,
      MessageID: request * (EVENTS / REQUESTS) + n,
    }));
    const { status, json } = await caller.call("POST", "/v1/sources/mailjet", events);
    expect(status).toBe(200);
    ids.push(...Ids.parse(json).data.map(({ id }) => id));
  }
  return ids;
}
const allNumbers = Array.from({ length: EVENTS }, (_, n) => n);
const byNumber = (a: number, b: number) => a - b;

describe("a callback of Version 2", { timeout: 2 * PATIENCE_MS }, () => {
  it("gets 500 events that waited in as few POSTs as may be, each event once, and the log says so", async () => {
    const caller = await callerOf("grouped");
    const receiver = await receive();
    const callback = { ...VERSION_2, Url: receiver.url, Status: "dead" };
    await caller.call("POST", "/v3/REST/eventcallbackurl", callback);
    const ids = await sendAll(caller);
    const [endpoint] = Ids.parse((await caller.call("GET", "/v1/endpoints")).json).data;
    await haveWaiting(caller, endpoint?.id ?? "", EVENTS);
    expect(receiver.received).toEqual([]);
    await caller.call("PUT", "/v3/REST/eventcallbackurl/open%7Cfalse", { Status: "alive" });
    await haveWaiting(caller, endpoint?.id ?? "", 0);
    expect(receiver.received.flatMap(idsOf).toSorted()).toEqual(ids.toSorted());
    expect(receiver.received.flatMap(numbersOf).toSorted(byNumber)).toEqual(allNumbers);
    expect(receiver.received.map((one) => idsOf(one).length).toSorted(byNumber)).toEqual(SIZES);
    for (const received of receiver.received) expect(numbersOf(received)).toHaveLength(idsOf(received).length);
    for (const id of [ids[0], ids[EVENTS / 2]])
      expect(await deliveriesOf(caller, id ?? "")).toMatchObject([{ status: "delivered", attempts: [{}] }]);
  });

  it("gets no event before its window is over: until then others may join it", async () => {
    const caller = await callerOf("grouped-window");
    const receiver = await receive();
    await register(caller, receiver.url, { group: { windowMs: 4_000 } });
    const sentAt = Date.now();
    await send(caller, 1);
    const [first] = await receiver.waitFor(1, PATIENCE_MS);
    expect(first?.at).toBeGreaterThanOrEqual(sentAt + 4_000);
  });

  it("gets every event once though its receiver fails for a while, and groups keep their ids", async () => {
    const caller = await callerOf("grouped-failing");
    let failures = 4;
    const receiver = await receive(() => ({ status: failures-- > 0 ? 500 : 200 }));
    const group = { maxEvents: 100, maxBytes: 262_144, windowMs: 1_000 };
    const retrySchedule = [{ times: 20, everySeconds: 1 }];
    const id = await register(caller, receiver.url, { preset: "mailjet", format: "mailjet", group, retrySchedule });
    const { secret } = z
      .object({ secret: z.string() })
      .parse((await caller.call("GET", `/v1/endpoints/${id}/secret`)).json);
    await sendAll(caller);
    await eventually(async () => {
      const taken = receiver.received.slice(4).flatMap(numbersOf);
      expect(taken.toSorted(byNumber)).toEqual(allNumbers);
    }, PATIENCE_MS);
    for (const { headers, body } of receiver.received) new Judge(secret).verify(body.toString(), { ...headers });
    const names = new Map(receiver.received.map((one) => [one.headers["webhook-id"], idsOf(one).join()]));
    expect(new Set(names.values()).size).toBe(names.size);
  });

  it("has a poisonous event end alone: the others of its group arrive", async () => {
    const caller = await callerOf("grouped-poison");
    const receiver = await receive(({ body }) => ({ status: body.includes('"poison"') ? 400 : 200 }));
    const group = { maxEvents: 20 };
    const id = await register(caller, receiver.url, { group, retrySchedule: SHORT });
    const events = Array.from({ length: 20 }, (_, n) => ({ type: "t", data: n === 7 ? "poison" : n }));
    const { json } = await caller.call("POST", "/v1/events", events);
    const ids = Ids.parse(json).data.map((event) => event.id);
    await eventually(async () => {
      const [poison] = await deliveriesOf(caller, ids[7] ?? "");
      expect(poison).toMatchObject({ status: "exhausted" });
    }, PATIENCE_MS);
    await haveWaiting(caller, id, 0);
    for (const [n, eventId] of ids.entries())
      if (n !== 7) expect(await deliveriesOf(caller, eventId)).toMatchObject([{ status: "delivered" }]);
    expect(await endpointOf(caller, id)).toMatchObject({ status: "active" });
  });
});

describe("a service that is killed while it sends groups", { timeout: 3 * PATIENCE_MS }, () => {
  it("loses no event, and what comes twice comes as the same group under the same id", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rappel-groups-"));
    const port = await findFreePort();
    const start = () => startProcess(folder, port, () => {});
    let service = start();
    let isKilled = false;
    const groups = () => receiver.received.filter((one) => idsOf(one).length > 1);
    // From its second group on nothing is answered until the service has died: that one has come, and is not settled.
    const killed = Promise.withResolvers<void>();
    const receiver = await startReceiver(() => (isKilled || groups().length < 2 ? {} : { until: killed.promise }));
    try {
      await service.ready();
      const caller = callerWith(`http://127.0.0.1:${port}`, "demo", await authorizationIn(folder));
      const id = await register(caller, receiver.url, {
        group: { maxEvents: 100 },
        format: "mailjet",
        timeoutMs: 30_000,
      });
      await caller.call("POST", `/v1/endpoints/${id}/pause`, {});
      const ids = await sendAll(caller);
      await haveWaiting(caller, id, EVENTS);
      await caller.call("POST", `/v1/endpoints/${id}/resume`);
      await eventually(async () => expect(groups().length).toBeGreaterThanOrEqual(2), PATIENCE_MS);
      const first = receiver.received.slice(0, 3);
      await haveWaiting(caller, id, EVENTS - first.flatMap(idsOf).length);
      const unanswered = receiver.received.slice(3);
      await service.kill();
      isKilled = true;
      killed.resolve();

      service = start();
      await service.ready();
      await haveWaiting(caller, id, 0);
      const { received } = receiver;
      expect(new Set(received.flatMap(idsOf))).toEqual(new Set(ids));
      const members = new Map(received.map((one) => [one.headers["webhook-id"], idsOf(one)]));
      expect([...members.values()].map(({ length }) => length).toSorted(byNumber)).toEqual(SIZES);
      for (const one of received) expect(members.get(one.headers["webhook-id"])).toEqual(idsOf(one));
      const timesOf = ({ headers }: Received) =>
        received.filter((one) => one.headers["webhook-id"] === headers["webhook-id"]).length;
      expect(first.map(timesOf)).toEqual([1, 1, 1]); // what was answered and settled does not come again
      for (const one of unanswered) expect(timesOf(one)).toBeGreaterThan(1);
    } finally {
      killed.resolve();
      await service.kill().catch(() => undefined);
      await receiver.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
