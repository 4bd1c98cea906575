import { describe, expect, it } from "vitest";
import { Accepted, error, FAULTS, isRefusedForNow, openFaultyServices, SLOW } from "./faulty-services.ts";

const { handlers, fail, repair, open, receive, drain } = openFaultyServices();

describe.each(["dynamodb", "sqs"] as const)("accepting events while %s is unavailable", (service) => {
  it.each(FAULTS[service])(
    "accept answers 503 with Retry-After when it %s, and accepts nothing",
    { timeout: 300_000 },
    async (_, fault) => {
      // Ours: a new key, because a key that was read before is trusted without the table.
      const { send } = await open(`accept-${crypto.randomUUID()}`);
      fail((passing) => (passing.service === service ? fault : undefined));
      const answer = await send(1);
      expect(isRefusedForNow(answer), JSON.stringify(answer)).toBe(true);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      repair();
      expect((await handlers().turn("events")).received).toBe(0);
    },
  );

  it("accept answers 202 with a delay when the service is slow", async () => {
    const { send } = await open(`slow-${service}`);
    fail((passing) => (passing.service === service ? SLOW : undefined));
    const begun = Date.now();
    expect((await send(1)).statusCode).toBe(202);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1_000);
    repair();
    await drain("events");
  });
});

describe("dispatching while the table is unavailable", () => {
  it.each(FAULTS.dynamodb)(
    "dispatch acknowledges no message when the table %s, and the next receive delivers it",
    { timeout: 300_000 },
    async (_, fault) => {
      const receiver = await receive();
      const { send, register, statusesOf } = await open(`dispatch-${crypto.randomUUID()}`);
      await register(receiver.url);
      const { id } = Accepted.parse(JSON.parse((await send(1)).body));
      fail(({ service }) => (service === "dynamodb" ? fault : undefined));
      expect(await handlers().turn("events")).toEqual({ received: 1, failed: 1 });
      repair();
      expect(await handlers().turn("events")).toEqual({ received: 1, failed: 0 });
      await receiver.waitFor(1);
      expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["delivered"]]);
    },
  );

  it("an event that was POSTed but not recorded is delivered twice under the same id", {
    timeout: 300_000,
  }, async () => {
    const receiver = await receive();
    const { send, register, statusesOf } = await open("unwritten");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    fail(({ action }) => (action === "PutItem" ? error(500, "InternalServerError") : undefined));
    expect(await handlers().turn("events")).toEqual({ received: 1, failed: 1 });
    repair();
    expect(await handlers().turn("events")).toEqual({ received: 1, failed: 0 });
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await statusesOf(id)).toEqual(["delivered"]);
  });

  it("an event is not POSTed again if its record was written despite an error", { timeout: 300_000 }, async () => {
    const receiver = await receive();
    const { send, register, statusesOf } = await open("written");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    fail(({ action }) => (action === "PutItem" ? error(500, "InternalServerError", true) : undefined));
    await handlers().turn("events");
    repair();
    await drain("events");
    expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["delivered"]]);
  });
});

describe("dispatching while the Scheduler is unavailable", () => {
  it.each(FAULTS.scheduler)(
    "dispatch schedules the wake-up as a delayed message when the Scheduler %s",
    { timeout: 300_000 },
    async (_, fault) => {
      const receiver = await receive(() => ({ status: 503 }));
      const { send, register, statusesOf } = await open(`scheduler-${crypto.randomUUID()}`);
      await register(receiver.url);
      const { id } = Accepted.parse(JSON.parse((await send(1)).body));
      const sent: string[] = [];
      fail(({ service, action }) => {
        if (action === "SendMessage") sent.push(action);
        return service === "scheduler" ? fault : undefined;
      });
      expect(await handlers().turn("events")).toEqual({ received: 1, failed: 0 });
      expect([sent, await statusesOf(id)]).toEqual([["SendMessage"], ["pending"]]);
    },
  );

  it("dispatch acknowledges no message if Scheduler and queue are unavailable, and the next receive schedules the wake-up", {
    timeout: 300_000,
  }, async () => {
    const receiver = await receive(() => ({ status: 503 }));
    const { send, register, statusesOf } = await open("no-timer");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    fail(({ service }) => (service === "dynamodb" ? undefined : error(500, "InternalServerException")));
    expect(await handlers().turn("events")).toEqual({ received: 1, failed: 1 });
    repair();
    expect(await handlers().turn("events")).toEqual({ received: 1, failed: 0 });
    // The event is in the log by then, so it waits for its round and is not POSTed again.
    expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["pending"]]);
  });
});
