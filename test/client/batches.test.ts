import { describe, expect, it } from "vitest";
import type { NewEvent } from "../../client/index.ts";
import { acceptAll, eventsOf, refused, stubbed } from "./api-stub.ts";

const world = stubbed();
const event = (type: string, more: Partial<NewEvent> = {}): NewEvent => ({ type, data: 1, ...more });
const many = (count: number) => Array.from({ length: count }, (_, n) => event(`t${n}`));

describe("events that are sent at the same time", () => {
  it("go in one request, in their order, and each gets its own id", async () => {
    const { rappel, receiver } = await world();
    const accepted = await Promise.all(many(20).map((each) => rappel.send(each)));
    expect(accepted.map(({ id }) => id)).toEqual(many(20).map(({ type }) => `evt_${type}`));
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received.flatMap(eventsOf).map(({ type }) => type)).toEqual(many(20).map(({ type }) => type));
  });

  it("go in requests of `maxEvents`, without waiting for more", async () => {
    const { rappel, receiver } = await world(acceptAll, {
      batch: { maxEvents: 10, maxWaitMs: 60_000, maxInFlight: 1 },
    });
    const sent = rappel.send(many(25));
    await receiver.waitFor(2);
    expect(receiver.received.map((request) => eventsOf(request).length)).toEqual([10, 10]);
    await rappel.flush();
    expect(await sent).toHaveLength(25);
  });

  it("go in requests that the API takes: at most 1 MB, and one that is larger alone", async () => {
    const { rappel, receiver } = await world();
    const sizes = [400_000, 400_000, 400_000, 1_200_000, 10];
    await rappel.send(sizes.map((size, n) => event(`t${n}`, { data: "x".repeat(size) })));
    const types = receiver.received.map((request) => eventsOf(request).map(({ type }) => type));
    expect(types.toSorted()).toEqual([["t0", "t1"], ["t2"], ["t3"], ["t4"]]);
  });

  it("gather in one request also after large ones were sent", async () => {
    const { rappel, receiver } = await world();
    await rappel.send(event("large", { data: "x".repeat(1_000_000) }));
    await rappel.send(many(5));
    expect(receiver.received.map((request) => eventsOf(request).length)).toEqual([1, 5]);
  });

  it("that are not awaited are sent by flush, also before a Lambda function returns", async () => {
    const { rappel, receiver } = await world(acceptAll, { batch: { maxWaitMs: 60_000 } });
    const handler = rappel.flushing(async (type: string) => {
      rappel.queue(event(type));
      return "done";
    });
    expect(await handler("frozen")).toBe("done");
    expect(receiver.received.flatMap(eventsOf).map(({ type }) => type)).toEqual(["frozen"]);
    const failing = rappel.flushing(async () => {
      rappel.queue(event("after an error"));
      throw new Error("the handler failed");
    });
    await expect(failing()).rejects.toThrow("the handler failed");
    expect(receiver.received.flatMap(eventsOf).map(({ type }) => type)).toEqual(["frozen", "after an error"]);
  });
});

it("a queued event that is refused makes the flush fail, so that the function is called again", async () => {
  const { rappel } = await world(() => refused(422, "FIELDS_INVALID", ["/0/type"]));
  const handler = rappel.flushing(async () => rappel.queue(event("bad type")));
  await expect(handler()).rejects.toMatchObject({ code: "FIELDS_INVALID" });
  await rappel.flush(); // its error was thrown once
});

it("more events than may wait are refused at once", async () => {
  const { rappel } = await world(acceptAll, { batch: { maxWaiting: 2, maxWaitMs: 60_000 } });
  const sent = [event("a"), event("b")].map((each) => rappel.send(each));
  await expect(rappel.send(event("c"))).rejects.toMatchObject({ code: "TOO_MANY_WAITING" });
  await rappel.flush();
  expect(await Promise.all(sent)).toHaveLength(2);
});

describe("an event that is refused", () => {
  it("is refused alone, with its own pointer: the others are sent without it", async () => {
    const { rappel, receiver } = await world((request) => {
      const place = eventsOf(request).findIndex(({ type }) => type === "bad type");
      return place < 0 ? acceptAll(request) : refused(422, "FIELDS_INVALID", [`/${place}/type`]);
    });
    const [good, bad, other] = await Promise.allSettled(["a", "bad type", "b"].map((type) => rappel.send(event(type))));
    expect([good, other]).toMatchObject([{ value: { id: "evt_a" } }, { value: { id: "evt_b" } }]);
    expect(bad).toMatchObject({ reason: { code: "FIELDS_INVALID", status: 422, fields: [{ pointer: "/type" }] } });
    const keys = receiver.received.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(2);
  });

  it("is found by halves if the API does not say which one it is", async () => {
    const { rappel } = await world((request) =>
      eventsOf(request).some(({ type }) => type === "t13") ? refused(409, "EVENT_ID_IN_USE") : acceptAll(request),
    );
    const settled = await Promise.allSettled(many(30).map((each) => rappel.send(each)));
    expect(settled.flatMap(({ status }, n) => (status === "rejected" ? [n] : []))).toEqual([13]);
    expect(settled[13]).toMatchObject({ reason: { code: "EVENT_ID_IN_USE" } });
  });

  it("for a reason that is about the request is refused with all others", async () => {
    const { rappel, receiver } = await world(() => refused(403, "SCOPE_MISSING"));
    const settled = await Promise.allSettled(many(3).map((each) => rappel.send(each)));
    expect(settled).toMatchObject(Array(3).fill({ reason: { code: "SCOPE_MISSING" } }));
    expect(receiver.received).toHaveLength(1);
  });

  it("because it has no payload, or one that is not JSON, never leaves", async () => {
    const { rappel, receiver } = await world();
    await expect(rappel.send({ data: 1 } as never)).rejects.toThrow(/needs a `type`/);
    await expect(rappel.send({ type: "t" })).rejects.toThrow(/needs either `data` or `json`/);
    await expect(rappel.send({ type: "t", data: 1, json: "1" })).rejects.toThrow(/needs either/);
    await expect(rappel.send({ type: "t", json: "{" })).rejects.toThrow(SyntaxError);
    await expect(rappel.send({ type: "t", data: () => 1 })).rejects.toThrow(/must be a JSON value/);
    expect(receiver.received).toEqual([]);
  });
});

it("JSON text is sent as it is, digit by digit", async () => {
  const { rappel, receiver } = await world();
  const json = '{"id":19421777396190491,"price":1.10}';
  await rappel.send({ type: "t", json, eventId: "mine", timestamp: new Date(0) });
  expect(receiver.received[0]?.body.toString()).toBe(
    `[{"type":"t","eventId":"mine","timestamp":"1970-01-01T00:00:00.000Z","data":${json}}]`,
  );
});

it.each([
  ["maxEvents", { maxEvents: 501 }],
  ["maxWaitMs", { maxWaitMs: -1 }],
  ["maxInFlight", { maxInFlight: 0.5 }],
])("a wrong batch.%s is refused with what is allowed", async (name, batch) => {
  await expect(world(acceptAll, { batch })).rejects.toThrow(`batch.${name} is`);
});
