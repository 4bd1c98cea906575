import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually, expectPending, openFixture, register, send } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

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

  it("two equal requests to register a URL with one Idempotency-Key register it once", async () => {
    const caller = await callerOf("registers-once");
    const body = { url: (await receive()).url, eventTypes: ["*"] };
    const make = () => caller.call("POST", "/v1/endpoints", body, { "idempotency-key": "url-1" });
    const [first, second] = [await make(), await make()];
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect((await caller.call("GET", "/v1/endpoints")).json).toMatchObject({ data: [{}], nextCursor: null });
    const other = await caller.call("POST", "/v1/endpoints/test", body, { "idempotency-key": "url-1" });
    expect(other.json).toMatchObject({ status: 400, code: "IDEMPOTENCY_KEY_UNSUPPORTED" });
  });

  it("an event that is resent twice with one Idempotency-Key is delivered once more", async () => {
    const caller = await callerOf("resends-once");
    const receiver = await receive();
    await register(caller, receiver.url);
    const id = await send(caller, 1);
    await receiver.waitFor(1);
    await eventually(async () => expect((await caller.call("GET", `/v1/events/${id}`)).status).toBe(200));
    const again = () => caller.call("POST", `/v1/events/${id}/resend`, {}, { "idempotency-key": "again-1" });
    expect((await again()).status).toBe(202);
    await receiver.waitFor(2);
    await expectPending(caller, await onlyEndpointOf(caller), 0);
    const replay = await again();
    expect([replay.status, replay.headers.get("idempotent-replayed")]).toEqual([202, "true"]);
    await send(caller, 2);
    await receiver.waitFor(3);
    expect(receiver.received.map(({ body }) => body.toString())).toEqual(["1", "1", "2"]);
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

async function onlyEndpointOf(caller: Caller): Promise<string> {
  const { json } = await caller.call("GET", "/v1/endpoints");
  const [endpoint] = z.object({ data: z.tuple([z.object({ id: z.string() })]) }).parse(json).data;
  return endpoint.id;
}
