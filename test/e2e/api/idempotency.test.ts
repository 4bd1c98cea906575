import { describe, expect, it } from "vitest";
import { eventually, openFixture, register } from "../support/fixture.ts";

const { callerOf, receive } = openFixture();

describe.concurrent("a producer that repeats a request", { timeout: 900_000 }, () => {
  it("a request with the same Idempotency-Key gets the first answer, and its event is delivered once", async () => {
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

  it("a repeated eventId gets the same id without an Idempotency-Key", async () => {
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

  it("the API refuses an Idempotency-Key of 256 characters", async () => {
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
