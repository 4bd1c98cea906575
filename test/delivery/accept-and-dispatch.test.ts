import { describe, expect, it } from "vitest";
import { acceptEvents } from "../../lambdas/events/accept-events.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { dispatchWith, register, statuses } from "./dispatched.ts";

describe("accepting events", () => {
  it("accepting gives each event its own id, even if two events are equal", async () => {
    const world = memoryWorld();
    const sent = { account: "acme", type: "open", payload: Buffer.from("{}") };
    const accepted = await acceptEvents(world, "api", [sent, sent]);
    expect(world.queue.sent).toEqual(accepted);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(2);
  });

  it("accepting fails with QUEUE_UNAVAILABLE if the queue is down", async () => {
    const world = memoryWorld();
    world.queue.isDown = true;
    await expect(
      acceptEvents(world, "api", [{ account: "acme", type: "open", payload: Buffer.from("1") }]),
    ).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE" });
  });
});

describe("dispatching an event", () => {
  it("an event is sent once to each endpoint of its account that matches its type, and to no other", async () => {
    const world = memoryWorld();
    await register(world, { url: "https://a.example.com/", eventTypes: ["email.*"] });
    await register(world, { url: "https://b.example.com/", eventTypes: ["*"] });
    await register(world, { url: "https://c.example.com/", eventTypes: ["sms.*"] });
    await register(world, { url: "https://d.example.com/", account: "other" });
    await dispatchWith(world)([eventWith()]);
    expect(world.webhookClient.ledger.map(({ url }) => url).sort()).toEqual([
      "https://a.example.com/",
      "https://b.example.com/",
    ]);
  });

  it("a delivery is logged as delivered if the receiver answered with success", async () => {
    const world = memoryWorld();
    await register(world);
    const event = eventWith();
    expect(await dispatchWith(world)([event])).toEqual([true]);
    expect(await statuses(world, event)).toEqual(["delivered"]);
  });

  it("an event is logged even if no endpoint matches it", async () => {
    const world = memoryWorld();
    const event = eventWith();
    await dispatchWith(world)([event]);
    expect(await findEventWithDeliveries(world, event.account, event.id)).toMatchObject({
      event: { id: event.id },
      deliveries: [],
    });
  });

  it("a failed first attempt leaves the delivery pending until its next attempt, and is logged without the payload", async () => {
    const world = memoryWorld(() => ({ status: 503, tookMs: 120 }));
    const endpoint = await register(world);
    const event = eventWith();
    expect(await dispatchWith(world)([event])).toEqual([true]);
    const { items } = await world.deliveries.backlog(endpoint.id, { limit: 10 });
    expect(items).toMatchObject([
      {
        eventId: event.id,
        failures: 1,
        dueAt: world.clock.now() + 120 + 30_000,
        attempts: [{ outcome: "http_status" }],
      },
    ]);
    expect(world.failed).toEqual([
      {
        account: "acme",
        endpoint: endpoint.id,
        event: event.id,
        attempt: 1,
        ageMs: 0,
        outcome: "http_status",
        status: 503,
        durationMs: 120,
      },
    ]);
  });

  it("Retry-After delays the next attempt if it is longer than the schedule's wait", async () => {
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": "3600" } }));
    const endpoint = await register(world);
    await dispatchWith(world)([eventWith()]);
    const { items } = await world.deliveries.backlog(endpoint.id, { limit: 1 });
    expect(items[0]?.dueAt).toBe(world.clock.now() + 3_600_000);
  });

  it("an answer of 204 is a failure if only 200 counts as success", async () => {
    const world = memoryWorld(() => ({ status: 204 }));
    await register(world, { success: "200" });
    const event = eventWith();
    await dispatchWith(world)([event]);
    expect(await statuses(world, event)).toEqual(["pending"]);
  });

  it("dispatch finds an endpoint that was registered just before", async () => {
    const world = memoryWorld();
    const dispatch = dispatchWith(world);
    await register(world);
    await dispatch([eventWith()]);
    await register(world, { url: "https://new.example.com/" });
    await dispatch([eventWith()]);
    expect(world.webhookClient.ledger.map(({ url }) => url)).toContain("https://new.example.com/");
  });

  it("a delivery joins the backlog untried if the function's remaining time is too short for an attempt", async () => {
    const world = memoryWorld();
    const endpoint = await register(world, { timeoutMs: 15_000 });
    const event = eventWith();
    await dispatchWith(world, 15_000 + 4_999)([event]);
    expect(world.webhookClient.ledger).toEqual([]);
    expect((await world.deliveries.backlog(endpoint.id, { limit: 10 })).items).toMatchObject([
      { failures: 0, dueAt: world.clock.now(), attempts: [] },
    ]);
  });
});
