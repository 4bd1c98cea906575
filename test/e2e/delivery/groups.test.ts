import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findFreePort } from "../../../local/emulator/engines/free-port.ts";
import {
  deliveriesOf,
  endpointOf,
  eventually,
  expectPending,
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
/** The sizes of the POSTs: groups of up to 100, because an endpoint that worked before its pause is not probed. */
const SIZES = [100, 100, 100, 100, 100];
const TIMEOUT_MS = 300_000;

const idsOf = ({ headers }: Received) => (headers["rappel-event-ids"] ?? "").split(",");
const numbersOf = ({ body }: Received) =>
  z
    .array(z.object({ MessageID: z.int() }))
    .parse(JSON.parse(body.toString()))
    .map(({ MessageID }) => MessageID);

/** Sends 500 Mailjet events in five requests. @returns their ids */
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

describe("a callback of Version 2", { timeout: 2 * TIMEOUT_MS }, () => {
  it("a callback of Version 2 receives 500 queued events in as few POSTs as possible, each event once", async () => {
    const caller = await callerOf("grouped");
    const receiver = await receive();
    const callback = { ...VERSION_2, Url: receiver.url, Status: "dead" };
    await caller.call("POST", "/v3/REST/eventcallbackurl", callback);
    const ids = await sendAll(caller);
    const [endpoint] = Ids.parse((await caller.call("GET", "/v1/endpoints")).json).data;
    await expectPending(caller, endpoint?.id ?? "", EVENTS);
    expect(receiver.received).toEqual([]);
    await caller.call("PUT", "/v3/REST/eventcallbackurl/open%7Cfalse", { Status: "alive" });
    await expectPending(caller, endpoint?.id ?? "", 0);
    expect(receiver.received.flatMap(idsOf).toSorted()).toEqual(ids.toSorted());
    expect(receiver.received.flatMap(numbersOf).toSorted(byNumber)).toEqual(allNumbers);
    expect(receiver.received.map((post) => idsOf(post).length).toSorted(byNumber)).toEqual(SIZES);
    for (const received of receiver.received) expect(numbersOf(received)).toHaveLength(idsOf(received).length);
    for (const id of [ids[0], ids[EVENTS / 2]])
      expect(await deliveriesOf(caller, id ?? "")).toMatchObject([{ status: "delivered", attempts: [{}] }]);
  });

  it("a grouped endpoint receives no event before its window has ended", async () => {
    const caller = await callerOf("grouped-window");
    const receiver = await receive();
    await register(caller, receiver.url, { group: { windowMs: 4_000 } });
    const sentAt = Date.now();
    await send(caller, 1);
    const [first] = await receiver.waitFor(1, TIMEOUT_MS);
    expect(first?.at).toBeGreaterThanOrEqual(sentAt + 4_000);
  });

  it("a grouped endpoint receives every event once after failures, and each group keeps its id", async () => {
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
    }, TIMEOUT_MS);
    for (const { headers, body } of receiver.received) new Webhook(secret).verify(body.toString(), { ...headers });
    const names = new Map(receiver.received.map((post) => [post.headers["webhook-id"], idsOf(post).join()]));
    expect(new Set(names.values()).size).toBe(names.size);
  });

  it("a rejected event in a group ends alone, and the others of its group are delivered", async () => {
    const caller = await callerOf("grouped-rejected");
    const receiver = await receive(({ body }) => ({ status: body.includes('"refuse-me"') ? 400 : 200 }));
    const group = { maxEvents: 20 };
    const id = await register(caller, receiver.url, { group, retrySchedule: SHORT });
    const events = Array.from({ length: 20 }, (_, n) => ({ type: "t", data: n === 7 ? "refuse-me" : n }));
    const { json } = await caller.call("POST", "/v1/events", events);
    const ids = Ids.parse(json).data.map((event) => event.id);
    await eventually(async () => {
      const [rejected] = await deliveriesOf(caller, ids[7] ?? "");
      expect(rejected).toMatchObject({ status: "exhausted" });
    }, TIMEOUT_MS);
    await expectPending(caller, id, 0);
    for (const [n, eventId] of ids.entries())
      if (n !== 7) expect(await deliveriesOf(caller, eventId)).toMatchObject([{ status: "delivered" }]);
    await eventually(async () => expect(await endpointOf(caller, id)).toMatchObject({ status: "active" }));
  });
});

describe("a service that is killed while it sends groups", { timeout: 3 * TIMEOUT_MS }, () => {
  it("groups that are sent again after kill -9 keep their members and their id, and no event is lost", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rappel-groups-"));
    const port = await findFreePort();
    const start = () => startProcess(folder, port, () => {});
    let service = start();
    let isKilled = false;
    const groups = () => receiver.received.filter((post) => idsOf(post).length > 1);
    // From the second group on the receiver does not answer until the service is killed. So that group arrives but is not recorded.
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
      await expectPending(caller, id, EVENTS);
      await caller.call("POST", `/v1/endpoints/${id}/resume`);
      await eventually(async () => expect(groups().length).toBeGreaterThanOrEqual(2), TIMEOUT_MS);
      const first = receiver.received.slice(0, 1);
      await expectPending(caller, id, EVENTS - first.flatMap(idsOf).length);
      const unanswered = receiver.received.slice(1);
      await service.kill();
      isKilled = true;
      killed.resolve();

      service = start();
      await service.ready();
      await expectPending(caller, id, 0);
      const { received } = receiver;
      expect(new Set(received.flatMap(idsOf))).toEqual(new Set(ids));
      const members = new Map(received.map((post) => [post.headers["webhook-id"], idsOf(post)]));
      expect([...members.values()].map(({ length }) => length).toSorted(byNumber)).toEqual(SIZES);
      for (const post of received) expect(members.get(post.headers["webhook-id"])).toEqual(idsOf(post));
      const timesOf = ({ headers }: Received) =>
        received.filter((post) => post.headers["webhook-id"] === headers["webhook-id"]).length;
      expect(first.map(timesOf)).toEqual([1]); // groups with a recorded response are not sent again
      for (const post of unanswered) expect(timesOf(post)).toBeGreaterThan(1);
    } finally {
      killed.resolve();
      await service.kill().catch(() => undefined);
      await receiver.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
