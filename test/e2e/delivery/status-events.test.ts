import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { deliveriesOf, deliveryOf, endpointOf, eventually, openFixture, register, send } from "../support/fixture.ts";

const { callerOf, receive } = openFixture();

const CLOCK_MS = 2; // a timer may fire up to a millisecond early, on both sides
const payloadsOf = (received: readonly { body: Buffer }[]) =>
  received.map(({ body }): unknown => JSON.parse(body.toString()));

describe.concurrent("operational webhooks", { timeout: 900_000 }, () => {
  it("status changes of an endpoint go to the account's other endpoints and the operator's, never to itself", async () => {
    const caller = await callerOf("watched");
    let isUp = false;
    const failing = await receive(() => ({ status: isUp ? 200 : 500 }));
    const [watcher, operator] = [await receive(), await receive()];
    const id = await register(caller, failing.url, { eventTypes: ["*", "rappel.*"] });
    await register(caller, watcher.url, { eventTypes: ["rappel.*"] });
    await register(await callerOf("operator"), operator.url, { eventTypes: ["rappel.endpoint.suspended"] });
    const eventId = await send(caller, 1);
    await eventually(async () => expect((await endpointOf(caller, id)).status).toBe("suspended"));
    isUp = true;
    await caller.call("POST", `/v1/endpoints/${id}/resume`);
    await eventually(async () => expect((await deliveryOf(caller, eventId)).status).toBe("delivered"));

    await watcher.waitFor(4);
    const ofEndpoint = { endpoint: id, account: "watched" };
    expect(payloadsOf(watcher.received)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...ofEndpoint, reason: "5 attempts in a row have failed" }),
        expect.objectContaining({ ...ofEndpoint, reason: "all 6 attempts failed" }),
        expect.objectContaining({ ...ofEndpoint, reason: "resumed by the user" }),
        expect.objectContaining({ ...ofEndpoint, reason: "the endpoint works again" }),
      ]),
    );
    await operator.waitFor(1);
    expect(payloadsOf(operator.received)).toContainEqual(expect.objectContaining(ofEndpoint));
    expect(new Set(failing.received.map(({ body }) => body.toString()))).toEqual(new Set(["1"]));
    // An event is logged after its first attempts.
    await eventually(async () => {
      const log = await caller.call("GET", "/v1/events?type=rappel.endpoint.suspended");
      expect(log.json).toMatchObject({ data: [{ source: "rappel", type: "rappel.endpoint.suspended" }] });
    });
  });
});

describe.concurrent("an event that is resent", { timeout: 900_000 }, () => {
  it("a resent event is delivered again under the same id, to all matching endpoints or only to the named ones", async () => {
    const caller = await callerOf("resent");
    const [one, two] = [await receive(), await receive()];
    await register(caller, one.url);
    const second = await register(caller, two.url);
    const eventId = await send(caller, 7);
    await Promise.all([one.waitFor(1), two.waitFor(1)]);
    await eventually(async () => expect(await deliveriesOf(caller, eventId)).toHaveLength(2));

    expect((await caller.call("POST", `/v1/events/${eventId}/resend`)).status).toBe(202);
    await Promise.all([one.waitFor(2), two.waitFor(2)]);
    // Resending a delivery that is still pending would change nothing.
    const both = [1, 2].map(() => ({ status: "delivered", attempts: [{}, {}] }));
    await eventually(async () => expect(await deliveriesOf(caller, eventId)).toMatchObject(both));
    await caller.call("POST", `/v1/events/${eventId}/resend`, { endpoints: [second] });
    await two.waitFor(3);
    await sleep(1_500);
    expect([one.received.length, two.received.length]).toEqual([2, 3]);
    for (const { headers, body } of [...one.received, ...two.received]) {
      expect(headers["webhook-id"]).toBe(eventId);
      expect(body.toString()).toBe("7");
    }
    await eventually(async () => {
      for (const { status, attempts, endpointId } of await deliveriesOf(caller, eventId))
        expect([status, attempts.length]).toEqual(["delivered", endpointId === second ? 3 : 2]);
    });
  });

  it("answers 404 if an event is resent to another account's endpoint", async () => {
    const caller = await callerOf("resent-elsewhere");
    const eventId = await send(caller, 1);
    const otherEndpoint = await register(await callerOf("stranger"), (await receive()).url);
    await eventually(async () => expect((await caller.call("GET", `/v1/events/${eventId}`)).status).toBe(200));
    const answer = await caller.call("POST", `/v1/events/${eventId}/resend`, { endpoints: [otherEndpoint] });
    expect([answer.status, answer.json]).toMatchObject([404, { code: "ENDPOINT_NOT_FOUND" }]);
  });
});

describe.concurrent("an endpoint with a rate limit", { timeout: 900_000 }, () => {
  it("first attempts and backlog together stay within an endpoint's rate limit, and all events are delivered", async () => {
    const caller = await callerOf("limited");
    const receiver = await receive();
    await register(caller, receiver.url, { rateLimit: 5 });
    const events = Array.from({ length: 40 }, (_, n) => ({ type: "t", data: n }));
    const sentAt = Date.now();
    await caller.call("POST", "/v1/events", events);
    await receiver.waitFor(40);
    await sleep(1_000);
    expect(receiver.received).toHaveLength(40);
    // Each POST has its own slot, 200 ms after the one before. A busy machine may be late, but never early.
    const at = receiver.received.map((received) => received.at).toSorted((a, b) => a - b);
    for (const [n, arrivedAt] of at.entries()) expect(arrivedAt).toBeGreaterThanOrEqual(sentAt + n * 200 - CLOCK_MS);
  });
});
