import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import {
  deliveryOf,
  endpointOf,
  eventually,
  expectPending,
  openFixture,
  register,
  send,
  sendMany,
} from "../support/fixture.ts";
import { rejectedEvent } from "../support/rejected-event.ts";

const { callerOf, receive } = openFixture();

describe.concurrent("a receiver that is down and comes back", { timeout: 900_000 }, () => {
  it("an endpoint that was down gets each missed event once and is active again", async () => {
    const caller = await callerOf("down-and-back");
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
    // A round writes the outcomes before the state, and a slow batch may still add the failures of first attempts after it.
    await send(caller, ids.length);
    await eventually(async () =>
      expect(await endpointOf(caller, id)).toMatchObject({ status: "active", consecutiveFailures: 0 }),
    );
  });
});

describe.concurrent("a receiver that is down for good", { timeout: 900_000 }, () => {
  it("a single event is tried exactly 1 + 6 times at its schedule's times, then its endpoint is suspended and the event kept", async () => {
    const caller = await callerOf("down-for-good");
    const receiver = await receive(() => ({ status: 500 }));
    const id = await register(caller, receiver.url, {
      retrySchedule: [
        { times: 3, everySeconds: 1 },
        { times: 3, everySeconds: 3 },
      ],
    });
    const eventId = await send(caller, 1);
    const shown: { attempt: number; nextAt: number; seenAt: number }[] = [];
    await eventually(async () => {
      const { explanation } = await deliveryOf(caller, eventId);
      const [, attempt, nextAt = ""] = /attempt (\d+) of 7 .*next at (\S+Z)/.exec(explanation) ?? [];
      if (attempt !== undefined)
        shown.push({ attempt: Number(attempt), nextAt: Date.parse(nextAt), seenAt: Date.now() });
      expect(await endpointOf(caller, id)).toMatchObject({
        status: "suspended",
        statusReason: "all 7 attempts failed",
      });
    });
    expect(receiver.received).toHaveLength(7);
    await sleep(4_000);
    expect(receiver.received).toHaveLength(7);
    expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "pending" });
    const at = receiver.received.map((received) => received.at);
    for (const [i, waitMs] of [...Array<number>(3).fill(1_000), ...Array<number>(3).fill(3_000)].entries()) {
      const waited = (at[i + 1] ?? 0) - (at[i] ?? 0);
      expect(waited).toBeGreaterThanOrEqual(waitMs - 10); // never early: the receiver's clock is ours
      // Nor scheduled too late. Only explanations that were seen again are checked: the attempt was not under way then.
      for (const [n, { attempt, nextAt, seenAt }] of shown.entries())
        if (attempt === i + 1 && shown[n + 1]?.attempt === attempt) expect(nextAt).toBeLessThanOrEqual(seenAt + waitMs);
    }
  });

  it("an outage costs about 50 POSTs while 2,000 events arrive, and all of them are delivered after it is resumed", async () => {
    const caller = await callerOf("two-thousand");
    let isUp = false;
    const receiver = await receive(() => ({ status: isUp ? 200 : 500 }));
    const id = await register(caller, receiver.url, {
      retrySchedule: [{ times: 20, everySeconds: 1 }],
      releaseRate: 200,
    });
    for (let n = 0; n < 8; n++) await send(caller, n);
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("failing"));
    await sleep(5_000); // a function trusts the state that it has read for 5 s
    for (let from = 8; from < 2_000; from += 83) {
      await sendMany(caller, from, 83);
      await sleep(1_000);
    }
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("suspended"));
    await expectPending(caller, id, 2_000);
    // Four failures before it is failing, one attempt of each of the first eight events, and two in each round.
    expect(receiver.received.length).toBeLessThanOrEqual(4 + 8 + 2 * 20);
    isUp = true;
    const before = receiver.received.length;
    await caller.call("POST", `/v1/endpoints/${id}/resume`);
    await receiver.waitFor(before + 2_000);
    await sleep(1_000);
    const got = receiver.received.slice(before);
    expect(got).toHaveLength(2_000);
    expect(new Set(got.map(({ body }) => Number(body))).size).toBe(2_000);
    // Oldest first, except for the two of the last probe. A slow POST may be overtaken by any number of others, but no event
    // overtakes more older ones than are in flight at the same time.
    const ids = got.slice(2).map(({ headers }) => headers["webhook-id"] ?? "");
    const places = new Map(ids.toSorted().map((eventId, place) => [eventId, place]));
    for (const [i, eventId] of ids.entries())
      expect((places.get(eventId) ?? 0) - i).toBeLessThanOrEqual(LIMITS.inFlightReleasing);
  });

  it("an outage costs two attempts per round however many events arrive, and all are delivered after it is resumed", async () => {
    const caller = await callerOf("resumed");
    let isUp = false;
    const receiver = await receive(() => ({ status: isUp ? 200 : 500 }));
    const id = await register(caller, receiver.url);
    await sendMany(caller, 0, 10);
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("failing"));
    await sendMany(caller, 10, 100);
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("suspended"));
    await expectPending(caller, id, 110);
    // At most ten first attempts, then a round after each of five waits.
    const before = receiver.received.length;
    expect(before).toBeLessThanOrEqual(10 + 2 * 5);
    await sleep(2_000);
    expect(receiver.received).toHaveLength(before);
    isUp = true;
    expect((await caller.call("POST", `/v1/endpoints/${id}/resume`)).json).toMatchObject({ status: "failing" });
    await receiver.waitFor(before + 110);
    await sleep(1_000);
    const got = receiver.received.slice(before).map(({ body }) => Number(body));
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 110 }, (_, n) => n));
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("active"));
    expect((await caller.call("GET", `/v1/endpoints/${id}/deliveries?status=pending`)).json).toMatchObject({
      data: [],
    });
  });

  it("an endpoint that answers 410 is suspended at once", async () => {
    const caller = await callerOf("gone");
    const receiver = await receive(() => ({ status: 410 }));
    const id = await register(caller, receiver.url);
    await send(caller, 1);
    await eventually(async () =>
      expect(await endpointOf(caller, id)).toMatchObject({ status: "suspended", statusReason: "answered 410 Gone" }),
    );
    expect(receiver.received.length).toBeLessThanOrEqual(2);
  });
});

describe.concurrent("a rejected event among accepted ones", { timeout: 900_000 }, () => {
  it("a rejected event is exhausted alone, while the other events are delivered", async () => {
    const caller = await callerOf("rejected");
    const { reply, exhaust } = rejectedEvent(({ body }) => body.toString() === '"refuse-me"');
    const receiver = await receive(reply);
    const id = await register(caller, receiver.url, { timeoutMs: 30_000 });
    const good: string[] = [];
    const sendOthers = async () => {
      const two = [await send(caller, good.length), await send(caller, good.length + 1)];
      good.push(...two);
      return two;
    };
    const rejected = await exhaust(caller, id, { sendRejected: () => send(caller, "refuse-me"), sendOthers });
    expect((await deliveryOf(caller, rejected)).attempts).toHaveLength(6);
    const taken = receiver.received.filter(({ body }) => body.toString() !== '"refuse-me"');
    expect(taken.map(({ headers }) => headers["webhook-id"]).toSorted()).toEqual(good.toSorted());
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("active"));
  });
});

describe.concurrent("an endpoint that its user pauses", { timeout: 900_000 }, () => {
  it("a paused endpoint gets nothing until it is resumed, and then all its events", async () => {
    const caller = await callerOf("paused");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    expect((await caller.call("POST", `/v1/endpoints/${id}/pause`, {})).json).toMatchObject({ status: "paused" });
    for (let n = 0; n < 5; n++) await send(caller, n);
    await sleep(2_000);
    expect(receiver.received).toEqual([]);
    await caller.call("POST", `/v1/endpoints/${id}/resume`);
    const received = await receiver.waitFor(5);
    expect(new Set(received.map(({ body }) => Number(body)))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('an endpoint that is resumed with backlog "skip" has its pending deliveries cancelled as skipped', async () => {
    const caller = await callerOf("skipped");
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
    const received = await receiver.waitFor(1);
    expect(received.map(({ body }) => Number(body))).toEqual([4]);
  });

  it("a pause with an end resumes automatically", async () => {
    const caller = await callerOf("paused-until");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    const until = Date.now() + 3_000;
    await caller.call("POST", `/v1/endpoints/${id}/pause`, { until: new Date(until).toISOString() });
    await send(caller, 1);
    const [first] = await receiver.waitFor(1);
    expect(first?.at).toBeGreaterThanOrEqual(until);
  });
});

describe.concurrent("an endpoint that is deleted", { timeout: 900_000 }, () => {
  it("a deleted endpoint has its pending deliveries cancelled as deleted", async () => {
    const caller = await callerOf("deleted");
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
