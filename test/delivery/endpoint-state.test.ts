import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { dispatchWith, register, stateOf } from "./dispatched.ts";

describe("a delivery that joins the backlog", () => {
  it("several deliveries in the backlog share one wake-up", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const endpoint = await register(world);
    const dispatch = dispatchWith(world);
    for (let n = 0; n < 3; n++) await dispatch([eventWith()]);
    const wakeAt = world.clock.now() + 30_000;
    expect(await stateOf(world, endpoint)).toMatchObject({ wakeAt, parked: 3, streak: 3, status: "active" });
    expect(world.wakes).toEqual([{ endpoint: endpoint.id, wakeAt }]);
  });

  it("the fifth failure in a row makes the endpoint failing, and later events are queued untried", async () => {
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

describe("an endpoint's state", () => {
  it("the state counts the failures since the last success and the deliveries in the backlog", async () => {
    const answers = [500, 500, 200, 500];
    const world = memoryWorld(() => ({ status: answers.shift() ?? 0 }));
    const endpoint = await register(world);
    const dispatch = dispatchWith(world);
    for (let i = 0; i < 4; i++) await dispatch([eventWith()]);
    expect(await stateOf(world, endpoint)).toMatchObject({ streak: 1, parked: 3 });
  });

  it("the state counts an attempt as it ends, before the event's other attempts have ended", async () => {
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

  it("a success is recorded at most every five minutes for a healthy endpoint", async () => {
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

  it("dispatch succeeds if the endpoint was removed meanwhile", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const endpoint = await register(world);
    await world.endpoints.remove(endpoint.account, endpoint.id);
    expect(await dispatchWith(world)([eventWith()])).toEqual([true]);
  });
});
