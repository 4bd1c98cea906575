import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook as Judge } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findFreePort } from "../../local/engines/free-port.ts";
import { type Caller, callerWith } from "./harness.ts";
import { type Received, startReceiver } from "./receiver.ts";
import { authorizationIn, startProcess } from "./service-process.ts";
import { deliveriesOf, endpointOf, eventually, openStage, register, SHORT } from "./stage.ts";

const { callerOf, receive } = openStage();
const EVENTS = 500;
const REQUESTS = 5;
const VERSION_2 = { Version: 2, EventType: "open" };
const Ids = z.object({ data: z.array(z.object({ id: z.string() })) });

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

describe("a callback of Version 2", { timeout: 120_000 }, () => {
  it("gets 500 events of one second in a handful of POSTs, each event once, and the log says so", async () => {
    const caller = await callerOf("grouped");
    const receiver = await receive();
    await caller.call("POST", "/v3/REST/eventcallbackurl", { ...VERSION_2, Url: receiver.url });
    const ids = await sendAll(caller);
    await eventually(
      async () => expect(receiver.received.flatMap(idsOf).length).toBeGreaterThanOrEqual(EVENTS),
      60_000,
    );
    expect(receiver.received.flatMap(idsOf).toSorted()).toEqual(ids.toSorted());
    expect(receiver.received.flatMap(numbersOf).toSorted(byNumber)).toEqual(allNumbers);
    expect(receiver.received.length).toBeLessThanOrEqual(15); // 5 full ones, where the machine is not slow
    for (const received of receiver.received) expect(numbersOf(received)).toHaveLength(idsOf(received).length);
    await eventually(async () =>
      expect(await deliveriesOf(caller, ids[0] ?? "")).toMatchObject([{ status: "delivered", attempts: [{}] }]),
    );
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
    }, 60_000);
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
    }, 60_000);
    for (const [n, eventId] of ids.entries())
      if (n !== 7) expect(await deliveriesOf(caller, eventId)).toMatchObject([{ status: "delivered" }]);
    expect(await endpointOf(caller, id)).toMatchObject({ status: "active" });
  });
});

describe("a service that is killed while it sends groups", { timeout: 240_000 }, () => {
  it("loses no event, and what comes twice comes as the same group under the same id", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rappel-groups-"));
    const port = await findFreePort();
    const start = () => startProcess(folder, port, () => {});
    let service = start();
    const killed = Promise.withResolvers<void>();
    const receiver = await startReceiver(() => {
      if (receiver.received.length === 2) service.kill().then(killed.resolve, killed.reject);
      return { delayMs: receiver.received.length === 2 ? 500 : 0 };
    });
    try {
      await service.ready();
      const caller = callerWith(`http://127.0.0.1:${port}`, "demo", await authorizationIn(folder));
      await caller.call("POST", "/v3/REST/eventcallbackurl", { ...VERSION_2, Url: receiver.url });
      const ids = await sendAll(caller);
      await killed.promise;
      service = start();
      await service.ready();
      await eventually(async () => expect(new Set(receiver.received.flatMap(idsOf)).size).toBe(EVENTS), 150_000);
      expect(new Set(receiver.received.flatMap(idsOf))).toEqual(new Set(ids));
      const first = new Map(receiver.received.toReversed().map((one) => [one.headers["webhook-id"], idsOf(one)]));
      const again = receiver.received.filter((one, n) =>
        receiver.received
          .slice(0, n)
          .flatMap(idsOf)
          .includes(idsOf(one)[0] ?? ""),
      );
      for (const one of again) expect(first.get(one.headers["webhook-id"])).toEqual(idsOf(one));
    } finally {
      await service.kill().catch(() => undefined);
      await receiver.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
