import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Caller, type Rappel, startRappel } from "./harness.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let rappel: Rappel;
const receivers: Receiver[] = [];
beforeAll(async () => {
  rappel = await startRappel();
}, 60_000);
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await rappel?.stop();
});

const Id = z.object({ id: z.string() });
const Endpoint = z.object({ status: z.string(), statusReason: z.string(), consecutiveFailures: z.int() });
const Delivery = z.object({
  status: z.string(),
  reason: z.string().nullable(),
  explanation: z.string(),
  attempts: z.array(z.unknown()),
});

// The shortest schedule there may be: five waits of a second, so six attempts in all.
const SHORT = [{ times: 5, everySeconds: 1 }];

async function receive(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...args);
  receivers.push(receiver);
  return receiver;
}

async function register(caller: Caller, url: string, more: object = {}): Promise<string> {
  const answer = await caller.call("POST", "/v1/endpoints", {
    url,
    eventTypes: ["*"],
    format: "raw",
    retrySchedule: SHORT,
    ...more,
  });
  return Id.parse(answer.json).id;
}

async function send(caller: Caller, data: unknown): Promise<string> {
  return Id.parse((await caller.call("POST", "/v1/events", { type: "t", data })).json).id;
}

const endpointOf = async (caller: Caller, id: string) =>
  Endpoint.parse((await caller.call("GET", `/v1/endpoints/${id}`)).json);
const deliveryOf = async (caller: Caller, eventId: string) =>
  z.object({ deliveries: z.tuple([Delivery]) }).parse((await caller.call("GET", `/v1/events/${eventId}`)).json)
    .deliveries[0];
/** Waits until a check passes. @throws the last failure, after 30 s */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + 30_000; ; await sleep(200)) {
    try {
      return await check();
    } catch (failure) {
      if (Date.now() > until) throw failure;
    }
  }
}

describe.concurrent("a receiver that is down and comes back", { timeout: 60_000 }, () => {
  it("gets everything that it missed, each event once more until it answers, and is active again", async () => {
    const caller = await rappel.callerOf("down-and-back");
    let isUp = false;
    const receiver = await receive(() => ({ status: isUp ? 200 : 503 }));
    const id = await register(caller, receiver.url, { retrySchedule: [{ times: 20, everySeconds: 2 }] });
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) ids.push(await send(caller, n));
    await eventually(async () => expect(await endpointOf(caller, id)).toMatchObject({ status: "failing" }));
    const whileDown = receiver.received.length;
    isUp = true;
    await eventually(async () => {
      for (const eventId of ids) expect((await deliveryOf(caller, eventId)).status).toBe("delivered");
    });
    const ok = receiver.received.slice(whileDown).map(({ body }) => Number(body));
    expect(new Set(ok).size).toBe(12);
    expect(ok).toHaveLength(12);
    expect(await endpointOf(caller, id)).toMatchObject({ status: "active", consecutiveFailures: 0 });
  });
});

describe.concurrent("a receiver that is down for good", { timeout: 60_000 }, () => {
  it("with a lone event is tried once and as often as its schedule says, then suspended, and its event kept", async () => {
    const caller = await rappel.callerOf("down-for-good");
    const receiver = await receive(() => ({ status: 500 }));
    const id = await register(caller, receiver.url);
    const eventId = await send(caller, 1);
    await eventually(async () =>
      expect(await endpointOf(caller, id)).toMatchObject({
        status: "suspended",
        statusReason: "none of 6 attempts worked",
      }),
    );
    expect(receiver.received).toHaveLength(6);
    await sleep(3_000);
    expect(receiver.received).toHaveLength(6);
    expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "pending" });
    const [first, ...others] = receiver.received.map(({ at }) => at);
    // Never before its time: a second after each failure, the clock of the receiver being ours.
    others.reduce((before, at) => {
      expect(at - before).toBeGreaterThanOrEqual(990);
      return at;
    }, first ?? 0);
  });

  it("costs two attempts a round, however much arrives meanwhile, and gets all of it when it is resumed", async () => {
    const caller = await rappel.callerOf("resumed");
    let isUp = false;
    const receiver = await receive(() => ({ status: isUp ? 200 : 500 }));
    const id = await register(caller, receiver.url);
    for (let n = 0; n < 10; n++) await send(caller, n);
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("suspended"));
    await caller.call(
      "POST",
      "/v1/events",
      Array.from({ length: 100 }, (_, n) => ({ type: "t", data: 10 + n })),
    );
    await sleep(2_000);
    // Ten first attempts at the most, two for each of five rounds, and the last look at two.
    expect(receiver.received.length).toBeLessThanOrEqual(22);
    isUp = true;
    const before = receiver.received.length;
    expect((await caller.call("POST", `/v1/endpoints/${id}/resume`)).json).toMatchObject({ status: "failing" });
    await receiver.waitFor(before + 110, 30_000);
    await sleep(1_000);
    const got = receiver.received.slice(before).map(({ body }) => Number(body));
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 110 }, (_, n) => n));
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("active"));
    expect((await caller.call("GET", `/v1/endpoints/${id}/deliveries?status=pending`)).json).toMatchObject({
      data: [],
    });
  });

  it("and says 410 is suspended at once", async () => {
    const caller = await rappel.callerOf("gone");
    const receiver = await receive(() => ({ status: 410 }));
    const id = await register(caller, receiver.url);
    await send(caller, 1);
    await eventually(async () =>
      expect(await endpointOf(caller, id)).toMatchObject({ status: "suspended", statusReason: "answered 410 Gone" }),
    );
    expect(receiver.received.length).toBeLessThanOrEqual(2);
  });
});

describe.concurrent("a poisonous event among good ones", { timeout: 60_000 }, () => {
  it("is exhausted alone, while the others arrive", async () => {
    const caller = await rappel.callerOf("poison");
    const receiver = await receive(({ body }) => ({ status: body.toString() === '"poison"' ? 500 : 200 }));
    const id = await register(caller, receiver.url);
    const poison = await send(caller, "poison");
    for (let n = 0; n < 10; n++) {
      await send(caller, n);
      await sleep(700);
    }
    await eventually(async () =>
      expect(await deliveryOf(caller, poison)).toMatchObject({ status: "exhausted", reason: "schedule" }),
    );
    expect((await deliveryOf(caller, poison)).attempts).toHaveLength(6);
    expect(receiver.received.filter(({ body }) => body.toString() !== '"poison"')).toHaveLength(10);
    expect((await endpointOf(caller, id)).status).not.toBe("suspended");
  });
});

describe.concurrent("an endpoint that its user pauses", { timeout: 60_000 }, () => {
  it("gets nothing until it is resumed, and then all of it", async () => {
    const caller = await rappel.callerOf("paused");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    expect((await caller.call("POST", `/v1/endpoints/${id}/pause`, {})).json).toMatchObject({ status: "paused" });
    for (let n = 0; n < 5; n++) await send(caller, n);
    await sleep(2_000);
    expect(receiver.received).toEqual([]);
    await caller.call("POST", `/v1/endpoints/${id}/resume`);
    const received = await receiver.waitFor(5, 20_000);
    expect(new Set(received.map(({ body }) => Number(body)))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it("can be resumed without what waited, which is cancelled and says so", async () => {
    const caller = await rappel.callerOf("skipped");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    await caller.call("POST", `/v1/endpoints/${id}/pause`);
    const skipped = [await send(caller, 1), await send(caller, 2), await send(caller, 3)];
    await eventually(async () => {
      for (const eventId of skipped) expect((await deliveryOf(caller, eventId)).status).toBe("pending");
    });
    await caller.call("POST", `/v1/endpoints/${id}/resume`, { backlog: "skip" });
    await eventually(async () => {
      for (const eventId of skipped)
        expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "cancelled", reason: "skipped" });
    });
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("active"));
    await send(caller, 4);
    const received = await receiver.waitFor(1, 20_000);
    expect(received.map(({ body }) => Number(body))).toEqual([4]);
  });

  it("goes on by itself when the pause has an end", async () => {
    const caller = await rappel.callerOf("paused-until");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    const until = Date.now() + 3_000;
    await caller.call("POST", `/v1/endpoints/${id}/pause`, { until: new Date(until).toISOString() });
    await send(caller, 1);
    const [one] = await receiver.waitFor(1, 20_000);
    expect(one?.at).toBeGreaterThanOrEqual(until);
  });
});

describe.concurrent("an endpoint that is deleted", { timeout: 60_000 }, () => {
  it("has its backlog cancelled, and each delivery says so", async () => {
    const caller = await rappel.callerOf("deleted");
    const receiver = await receive(() => ({ status: 500 }));
    const id = await register(caller, receiver.url);
    const eventId = await send(caller, 1);
    await receiver.waitFor(1);
    await caller.call("DELETE", `/v1/endpoints/${id}`);
    await eventually(async () =>
      expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "cancelled", reason: "deleted" }),
    );
    const before = receiver.received.length;
    await sleep(3_000);
    expect(receiver.received).toHaveLength(before);
  });
});
