import { describe, expect, it } from "vitest";
import { eventually, openFixture, register } from "../support/fixture.ts";

const { callerOf, receive } = openFixture();

describe.concurrent("a producer that sends again because it heard no answer", { timeout: 900_000 }, () => {
  it("is answered as the first time, and its event arrives once", async () => {
    const caller = await callerOf("repeats");
    const receiver = await receive();
    await register(caller, receiver.url);
    const send = (data: number) =>
      caller.call("POST", "/v1/events", { type: "t", data }, { "idempotency-key": "order-7/paid" });
    const first = await send(7);
    await receiver.waitFor(1);
    const second = await send(7);
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect([first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")]).toEqual([
      null,
      "true",
    ]);
    expect((await send(8)).json).toMatchObject({ status: 422, code: "IDEMPOTENCY_KEY_REUSED" });
    expect(receiver.received).toHaveLength(1);
  });

  it("gets one id for one eventId, with or without such a key", async () => {
    const caller = await callerOf("names");
    const receiver = await receive();
    await register(caller, receiver.url);
    const send = () => caller.call("POST", "/v1/events", [{ type: "t", data: 1, eventId: "order-7" }]);
    const first = await send();
    await receiver.waitFor(1);
    const { id } = (first.json as { data: [{ id: string }] }).data[0];
    await eventually(async () => expect((await caller.call("GET", `/v1/events/${id}`)).status).toBe(200));
    expect((await send()).text).toBe(first.text);
    expect(receiver.received).toHaveLength(1);
  });

  it("is told what an Idempotency-Key may be", async () => {
    const caller = await callerOf("odd");
    const answer = await caller.call(
      "POST",
      "/v1/events",
      { type: "t", data: 1 },
      { "idempotency-key": "x".repeat(256) },
    );
    expect(answer.json).toMatchObject({ status: 400, code: "REQUEST_INVALID" });
  });
});
