import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { acceptEvents } from "../../lambdas/events/accept-events.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

async function register(world: MemoryWorld, more: Partial<Endpoint> = {}): Promise<Endpoint> {
  const endpoint = endpointWith(more);
  const { id, account } = endpoint;
  await world.endpoints.add(endpoint, newState(id, account, 0));
  return endpoint;
}

function dispatchWith(world: MemoryWorld, leftMs = 60_000) {
  const dispatch = dispatcher(world);
  return (events: readonly Event[], receives = 1) =>
    dispatch([{ content: { account: events[0]?.account ?? "", events }, receives }], world.clock.now() + leftMs);
}

const stateOf = async (world: MemoryWorld, { id }: Endpoint) => (await world.states.read([id])).get(id);
const statuses = async (world: MemoryWorld, { account, id }: Event) =>
  (await findEventWithDeliveries(world, account, id)).deliveries.map(({ delivery }) => delivery.status);

describe("accepting events", () => {
  it("queues each with an id of its own, even if they are equal", async () => {
    const world = memoryWorld();
    const sent = { account: "acme", type: "open", payload: Buffer.from("{}") };
    const accepted = await acceptEvents(world, "api", [sent, sent]);
    expect(world.queue.sent).toEqual(accepted);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(2);
  });

  it("answers nothing when the queue does not take them", async () => {
    const world = memoryWorld();
    world.queue.isDown = true;
    await expect(
      acceptEvents(world, "api", [{ account: "acme", type: "open", payload: Buffer.from("1") }]),
    ).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE" });
  });
});

describe("an event that is dispatched", () => {
  it("goes once to every endpoint of its account that wants it, and to no other", async () => {
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

  it("is logged as delivered where the receiver answered with success", async () => {
    const world = memoryWorld();
    await register(world);
    const event = eventWith();
    expect(await dispatchWith(world)([event])).toEqual([true]);
    expect(await statuses(world, event)).toEqual(["delivered"]);
  });

  it("is logged though nobody wants it", async () => {
    const world = memoryWorld();
    const event = eventWith();
    await dispatchWith(world)([event]);
    expect(await findEventWithDeliveries(world, event.account, event.id)).toMatchObject({
      event: { id: event.id },
      deliveries: [],
    });
  });

  it("stays pending, due when its schedule says, where the attempt failed, and is told to the operator without its payload", async () => {
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

  it("waits as long as the receiver asks, if that is longer", async () => {
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": "3600" } }));
    const endpoint = await register(world);
    await dispatchWith(world)([eventWith()]);
    const { items } = await world.deliveries.backlog(endpoint.id, { limit: 1 });
    expect(items[0]?.dueAt).toBe(world.clock.now() + 3_600_000);
  });

  it("counts 204 as failure where only 200 is success", async () => {
    const world = memoryWorld(() => ({ status: 204 }));
    await register(world, { success: "200" });
    const event = eventWith();
    await dispatchWith(world)([event]);
    expect(await statuses(world, event)).toEqual(["pending"]);
  });

  it("finds an endpoint that was registered a moment before, though the account's others are known already", async () => {
    const world = memoryWorld();
    const dispatch = dispatchWith(world);
    await register(world);
    await dispatch([eventWith()]);
    await register(world, { url: "https://new.example.com/" });
    await dispatch([eventWith()]);
    expect(world.webhookClient.ledger.map(({ url }) => url)).toContain("https://new.example.com/");
  });

  it("joins the backlog untried, due now, where the function's time would not last for an attempt", async () => {
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

describe("a delivery that joins its endpoint's backlog", () => {
  it("has a wake-up promised for when it is due, and one for all", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const endpoint = await register(world);
    const dispatch = dispatchWith(world);
    for (let n = 0; n < 3; n++) await dispatch([eventWith()]);
    const wakeAt = world.clock.now() + 30_000;
    expect(await stateOf(world, endpoint)).toMatchObject({ wakeAt, parked: 3, streak: 3, status: "active" });
    expect(world.wakes).toEqual([{ endpoint: endpoint.id, wakeAt }]);
  });

  it("makes its endpoint failing with the fifth failure in a row; what comes then waits untried", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const endpoint = await register(world);
    const dispatch = dispatchWith(world);
    for (let n = 0; n < 5; n++) await dispatch([eventWith()]);
    expect(await stateOf(world, endpoint)).toMatchObject({
      status: "failing",
      attemptIndex: 1,
      probeAt: world.clock.now() + 30_000,
    });
    world.clock.move(5_001);
    await dispatch([eventWith({ acceptedAt: world.clock.now() })]);
    expect(world.webhookClient.ledger).toHaveLength(5);
    expect((await world.deliveries.backlog(endpoint.id, { limit: 1 })).items).toMatchObject([
      { failures: 0, attempts: [] },
    ]);
    expect(world.wakes).toHaveLength(1);
  });
});

describe("a message that is received again", () => {
  it("makes no second POST of what its first receipt has settled", async () => {
    const world = memoryWorld(({ url }) => ({ status: url.includes("bad") ? 500 : 200 }));
    await register(world, { url: "https://good.example.com/" });
    await register(world, { url: "https://bad.example.com/" });
    const event = eventWith();
    await dispatchWith(world)([event]);
    await dispatchWith(world)([event], 2);
    expect(world.webhookClient.ledger).toHaveLength(2);
    expect((await statuses(world, event)).sort()).toEqual(["delivered", "pending"]);
  });

  it("puts back the backlog item that a crash left out", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const endpoint = await register(world);
    const event = eventWith();
    const { parkNew } = world.deliveries;
    world.deliveries.parkNew = () => Promise.reject(new Error("crashed here"));
    expect(await dispatchWith(world)([event])).toEqual([false]);
    world.deliveries.parkNew = parkNew;
    expect(await dispatchWith(world)([event], 2)).toEqual([true]);
    expect(world.webhookClient.ledger).toHaveLength(1);
    expect((await world.deliveries.backlog(endpoint.id, { limit: 10 })).items).toMatchObject([
      { eventId: event.id, failures: 1 },
    ]);
  });

  it("is read from the log first when it is older than a minute, though the queue calls it new", async () => {
    const world = memoryWorld();
    await register(world);
    const event = eventWith();
    await dispatchWith(world)([event]);
    world.clock.move(60_001);
    await dispatchWith(world)([event], 1);
    expect(world.webhookClient.ledger).toHaveLength(1);
  });

  it("ends a pending delivery when its own attempt, made at the same time, succeeded", async () => {
    const answers = [500, 200];
    const world = memoryWorld(() => ({ status: answers.shift() ?? 0 }));
    const endpoint = await register(world);
    const event = eventWith();
    await dispatchWith(world)([event]);
    await dispatchWith(world)([event]); // the queue's second copy
    expect(await statuses(world, event)).toEqual(["delivered"]);
    expect((await world.deliveries.backlog(endpoint.id, { limit: 10 })).items).toEqual([]);
  });
});

describe("an endpoint's state", () => {
  it("counts failures since the last success, and what joined the backlog", async () => {
    const answers = [500, 500, 200, 500];
    const world = memoryWorld(() => ({ status: answers.shift() ?? 0 }));
    const endpoint = await register(world);
    const dispatch = dispatchWith(world);
    for (let i = 0; i < 4; i++) await dispatch([eventWith()]);
    expect(await stateOf(world, endpoint)).toMatchObject({ streak: 1, parked: 3 });
  });

  it("counts attempts as they end, though another endpoint of the same event is still waiting for its answer", async () => {
    const slow = Promise.withResolvers<void>();
    const answers = [200, 500, 500];
    const world = memoryWorld(async ({ url }) => {
      if (url.includes("slow")) await slow.promise;
      return { status: url.includes("slow") ? 200 : (answers.shift() ?? 0) };
    });
    const endpoint = await register(world, { url: "https://quick.example.com/" });
    await register(world, { url: "https://slow.example.com/", eventTypes: ["first"] });
    const dispatch = dispatcher(world);
    const messages = ["first", "second", "third"].map((type) => ({
      content: { account: "acme", events: [eventWith({ type })] },
      receives: 1,
    }));
    const dispatched = dispatch(messages, world.clock.now() + 60_000);
    await new Promise((resolve) => setImmediate(resolve));
    slow.resolve();
    await dispatched;
    expect((await stateOf(world, endpoint))?.streak).toBe(2);
  });

  it("notes a success of a healthy URL at most every five minutes, so that it costs no write", async () => {
    const world = memoryWorld();
    const endpoint = await register(world);
    const dispatch = dispatchWith(world);
    let writes = 0;
    const { update } = world.states;
    world.states.update = (id, change) => {
      writes++;
      return update(id, change);
    };
    for (let i = 0; i < 10; i++) await dispatch([eventWith()]);
    expect(writes).toBe(1);
    world.clock.move(LIMITS.lastSuccessEverySeconds * 1000 + 1);
    await dispatch([eventWith({ acceptedAt: world.clock.now() })]);
    expect(writes).toBe(2);
    expect((await stateOf(world, endpoint))?.lastOkAt).toBe(world.clock.now() + 5);
  });

  it("is left alone when the endpoint is gone meanwhile", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const endpoint = await register(world);
    await world.endpoints.remove(endpoint.account, endpoint.id);
    expect(await dispatchWith(world)([eventWith()])).toEqual([true]);
  });
});
