import { describe, expect, it } from "vitest";
import { Accepted, logged, openDelivery, register, verify } from "./first-attempt-steps.ts";

const { service, receive } = openDelivery();

describe("one event", () => {
  it("a payload with numbers, order and characters that JavaScript would change is delivered byte for byte", async () => {
    const caller = await service().callerOf("bytes");
    const receiver = await receive();
    const { secret } = await register(caller, receiver.url);
    const payload =
      '{ "zebra":19421777396190491,"1":1.10,"alpha":1e400,"alpha":-0, "t":"\uffff\u2028\u{1F600}\\ud800\\u0000é" }';
    const sent = Accepted.parse((await caller.call("POST", "/v1/events", `{"type":"a.b","data":${payload}}`)).json);
    const [one] = await receiver.waitFor(1);
    if (one === undefined) throw new Error("nothing arrived");
    expect(one.body.toString("utf8")).toMatch(/^\{"id":"evt_[0-9A-Z]{26}","type":"a\.b","timestamp":"[^"]+Z","data":/);
    expect(one.body.toString("utf8").endsWith(`,"data":${payload}}`)).toBe(true);
    verify(secret, one);
    await logged(caller, sent.id);
    expect((await caller.call("GET", `/v1/events/${sent.id}/payload`)).text).toBe(payload);
  });

  it("an event goes to each endpoint of its account that matches its type, and to no other", async () => {
    const [acme, other] = [await service().callerOf("fan-out"), await service().callerOf("fan-out-other")];
    const [all, mail, sms, foreign] = await Promise.all([receive(), receive(), receive(), receive()]);
    await register(acme, all.url);
    await register(acme, mail.url, { eventTypes: ["email.*"] });
    await register(acme, sms.url, { eventTypes: ["sms.*"] });
    await register(other, foreign.url);
    const { id } = Accepted.parse((await acme.call("POST", "/v1/events", { type: "email.opened", data: 1 })).json);
    expect((await logged(acme, id)).json).toMatchObject({ explanation: "It went to 2 endpoints: 2 delivered." });
    expect([all, mail, sms, foreign].map(({ received }) => received.length)).toEqual([1, 1, 0, 0]);
    expect((await other.call("GET", `/v1/events/${id}`)).json).toMatchObject({ code: "EVENT_NOT_YET_LOGGED" });
    expect((await other.call("GET", "/v1/events")).json).toMatchObject({ data: [] });
  });

  it("an event that no endpoint matches is stored, and its explanation says so", async () => {
    const caller = await service().callerOf("unwanted");
    const { id } = Accepted.parse(
      (await caller.call("POST", "/v1/events", { type: "quiet", data: null, eventId: "q-1" })).json,
    );
    expect((await logged(caller, id)).json).toMatchObject({
      eventId: "q-1",
      deliveries: [],
      explanation: 'Logged, but not sent: no endpoint subscribed to "quiet" when it was dispatched.',
    });
  });

  it("an event is delivered to an endpoint that was registered just before", async () => {
    const caller = await service().callerOf("just-registered");
    for (let round = 0; round < 5; round++) {
      const receiver = await receive();
      await register(caller, receiver.url, { eventTypes: [`round.${round}`] });
      await caller.call("POST", "/v1/events", { type: `round.${round}`, data: round });
      await receiver.waitFor(1);
    }
  });

  it("a delivery whose attempt failed stays pending, and its explanation names the answer and the next attempt", async () => {
    const caller = await service().callerOf("failing");
    const receiver = await receive(() => ({ status: 503, headers: { "retry-after": "120" }, body: "try later" }));
    const endpoint = await register(caller, receiver.url, { retrySchedule: "mailjet" });
    const { id } = Accepted.parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
    // The log item is written first, then the backlog item with the answer, then the endpoint's state.
    await expect
      .poll(async () => (await caller.call("GET", `/v1/endpoints/${endpoint.id}`)).json, { timeout: 300_000 })
      .toMatchObject({ consecutiveFailures: 1, lastSuccessAt: null });
    const found = await logged(caller, id);
    expect(found.json).toMatchObject({
      deliveries: [
        {
          endpointId: endpoint.id,
          status: "pending",
          attempts: [
            { outcome: "http_status", status: 503, response: { body: "try later", headers: { "retry-after": "120" } } },
          ],
        },
      ],
    });
    expect(found.text).toMatch(/"explanation":"Pending: attempt 1 of 21 got 503 after \d+ ms; next at [^"]+Z\."/);
    expect((await caller.call("GET", `/v1/endpoints/${endpoint.id}/deliveries?status=pending`)).json).toMatchObject({
      data: [{ eventId: id }],
      nextCursor: null,
    });
    expect((await caller.call("GET", `/v1/endpoints/${endpoint.id}/deliveries?status=delivered`)).json).toMatchObject({
      data: [],
    });
    expect(
      service()
        .logs.filter((line) => line.includes("attempt failed"))
        .join(),
    ).toContain(endpoint.id);
  });

  it("a delivery answered 204 stays pending if only 200 counts as success", async () => {
    const caller = await service().callerOf("only-200");
    const receiver = await receive(() => ({ status: 204 }));
    await register(caller, receiver.url, { success: "200" });
    const { id } = Accepted.parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
    expect((await logged(caller, id)).json).toMatchObject({ deliveries: [{ status: "pending" }] });
  });

  it("a pending delivery is cancelled if its endpoint is deleted", async () => {
    const caller = await service().callerOf("deleted-meanwhile");
    const receiver = await receive(() => ({ status: 500 }));
    const endpoint = await register(caller, receiver.url);
    const { id } = Accepted.parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
    await logged(caller, id);
    expect((await caller.call("DELETE", `/v1/endpoints/${endpoint.id}`)).status).toBe(204);
    expect((await caller.call("GET", `/v1/events/${id}`)).json).toMatchObject({
      deliveries: [{ status: "cancelled", reason: "deleted" }],
    });
  });
});

describe("a slow receiver", () => {
  it("a slow receiver does not delay another endpoint's events", async () => {
    const caller = await service().callerOf("slow");
    const released = Promise.withResolvers<void>();
    const [slow, fast] = await Promise.all([receive(() => ({ until: released.promise })), receive()]);
    const timeoutMs = 30_000;
    await register(caller, slow.url, { eventTypes: ["slow"], timeoutMs });
    await register(caller, fast.url, { eventTypes: ["fast"] });
    await caller.call("POST", "/v1/events", Array(30).fill({ type: "slow", data: 1 }));
    const [first] = await slow.waitFor(1);
    await caller.call("POST", "/v1/events", Array(30).fill({ type: "fast", data: 1 }));
    const arrived = await fast.waitFor(30);
    released.resolve();
    // Until then no POST to the slow receiver had been answered or had timed out.
    expect(arrived.at(-1)?.at).toBeLessThan((first?.at ?? 0) + timeoutMs);
    await slow.waitFor(30);
  });
});
