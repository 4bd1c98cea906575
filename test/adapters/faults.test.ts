import { describe, expect, it } from "vitest";
import { Accepted, error, isRefusedForNow, openFaultyServices, SLOW, TROUBLES } from "./faulty-services.ts";

const { handlers, fail, repair, open, receive, drain } = openFaultyServices();

describe.each(["dynamodb", "sqs"] as const)("while %s is in trouble, accept", (service) => {
  it.each(TROUBLES[service])(
    "answers 503 with Retry-After when it %s, and nothing was accepted",
    { timeout: 300_000 },
    async (_, fault) => {
      // A new key: one that was read before would be trusted without the table.
      const { send } = await open(`accept-${crypto.randomUUID()}`);
      fail((passing) => (passing.service === service ? fault : undefined));
      const answer = await send(1);
      expect(isRefusedForNow(answer), JSON.stringify(answer)).toBe(true);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      repair();
      expect((await handlers().turn("events")).received).toBe(0);
    },
  );

  it("answers 202, a little later, when it is slow", async () => {
    const { send } = await open(`slow-${service}`);
    fail((passing) => (passing.service === service ? SLOW : undefined));
    const begun = Date.now();
    expect((await send(1)).statusCode).toBe(202);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1_000);
    repair();
    await drain("events");
  });
});

describe("while the table is in trouble, dispatch", () => {
  it.each(TROUBLES.dynamodb)(
    "settles nothing when it %s, and the next receive delivers it",
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

  it("leaves to the next receive what it has POSTed and cannot write down: it comes twice, under one id", {
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

  it("does not POST again what was written down though the table said otherwise", { timeout: 300_000 }, async () => {
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

describe("while the Scheduler is in trouble, dispatch", () => {
  it.each(TROUBLES.scheduler)(
    "leaves the wake-up to a queue's delay when it %s",
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

  it("and the queue too, settles nothing: the promise is kept by the next receive", { timeout: 300_000 }, async () => {
    const receiver = await receive(() => ({ status: 503 }));
    const { send, register, statusesOf } = await open("no-timer");
    await register(receiver.url);
    const { id } = Accepted.parse(JSON.parse((await send(1)).body));
    fail(({ service }) => (service === "dynamodb" ? undefined : error(500, "InternalServerException")));
    expect(await handlers().turn("events")).toEqual({ received: 1, failed: 1 });
    repair();
    expect(await handlers().turn("events")).toEqual({ received: 1, failed: 0 });
    // Logged by then: it waits for its round, and is not POSTed again.
    expect([receiver.received.length, await statusesOf(id)]).toEqual([1, ["pending"]]);
  });
});
