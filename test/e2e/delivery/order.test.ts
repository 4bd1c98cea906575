import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually, expectPending, openFixture, register, sendMany } from "../support/fixture.ts";
import type { Received } from "../support/receiver.ts";

const { callerOf, receive } = openFixture();
const numbersOf = (posts: readonly Received[]) =>
  posts.flatMap(({ body }) => z.array(z.int()).parse(JSON.parse(body.toString())));
const GROUPED = { group: { maxEvents: 100, windowMs: 1_000 } };
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe.concurrent("the events of one request", { timeout: 900_000 }, () => {
  it("are in the order of the request in the log and in a group, 20 of one array", async () => {
    const caller = await callerOf("ordered");
    const receiver = await receive();
    await register(caller, receiver.url, GROUPED);
    await sendMany(caller, 0, 20);
    await eventually(async () => expect(numbersOf(receiver.received)).toHaveLength(20));
    // The window may close between two of them, but not out of order.
    expect(numbersOf(receiver.received)).toEqual(upTo(20));
    const Page = z.object({ data: z.array(z.object({ id: z.string() })) });
    const ids = Page.parse((await caller.call("GET", "/v1/events")).json).data.map(({ id }) => id);
    const payloads = await Promise.all(
      ids.map(async (id) => Number((await caller.call("GET", `/v1/events/${id}/payload`)).text)),
    );
    expect(payloads).toEqual(upTo(20).toReversed());
  });

  it("keep their order while the endpoint is paused, and are released in it", async () => {
    const caller = await callerOf("ordered-pause");
    const receiver = await receive();
    const id = await register(caller, receiver.url, GROUPED);
    await caller.call("POST", `/v1/endpoints/${id}/pause`, {});
    await sendMany(caller, 0, 60); // three queue messages
    await expectPending(caller, id, 60);
    await caller.call("POST", `/v1/endpoints/${id}/resume`, {});
    await eventually(async () => expect(numbersOf(receiver.received)).toHaveLength(60));
    expect(numbersOf(receiver.received)).toEqual(upTo(60));
  });

  it("of a platform leave a group in the order in which they came: sent, open, click", async () => {
    const caller = await callerOf("ordered-mailjet");
    const receiver = await receive();
    await register(caller, receiver.url, { format: "mailjet", ...GROUPED });
    await caller.call("POST", "/v1/sources/mailjet", [{ event: "sent" }, { event: "open" }, { event: "click" }]);
    await eventually(async () =>
      expect(receiver.received.flatMap(({ body }) => JSON.parse(body.toString()))).toMatchObject([
        { event: "sent" },
        { event: "open" },
        { event: "click" },
      ]),
    );
  });
});
