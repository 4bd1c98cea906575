import { describe, expect, it } from "vitest";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { dispatchWith, register, statuses } from "./dispatched.ts";

describe("a message that is received again", () => {
  it("a message that is received again causes no second POST for deliveries that are recorded", async () => {
    const world = memoryWorld(({ url }) => ({ status: url.includes("bad") ? 500 : 200 }));
    await register(world, { url: "https://good.example.com/" });
    await register(world, { url: "https://bad.example.com/" });
    const event = eventWith();
    await dispatchWith(world)([event]);
    await dispatchWith(world)([event], 2);
    expect(world.webhookClient.ledger).toHaveLength(2);
    expect((await statuses(world, event)).sort()).toEqual(["delivered", "pending"]);
  });

  it("a message that is received again restores the backlog item that a crash prevented", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const endpoint = await register(world);
    const event = eventWith();
    const { addNewToBacklog } = world.deliveries;
    world.deliveries.addNewToBacklog = () => Promise.reject(new Error("crashed here"));
    expect(await dispatchWith(world)([event])).toEqual([false]);
    world.deliveries.addNewToBacklog = addNewToBacklog;
    expect(await dispatchWith(world)([event], 2)).toEqual([true]);
    expect(world.webhookClient.ledger).toHaveLength(1);
    expect((await world.deliveries.backlog(endpoint.id, { limit: 10 })).items).toMatchObject([
      { eventId: event.id, failures: 1 },
    ]);
  });

  it("a message older than a minute is looked up in the log first, even if the queue marks it as new", async () => {
    const world = memoryWorld();
    await register(world);
    const event = eventWith();
    await dispatchWith(world)([event]);
    world.clock.move(60_001);
    await dispatchWith(world)([event], 1);
    expect(world.webhookClient.ledger).toHaveLength(1);
  });

  it("while the table refuses writes, an event that is received again and again is sent once", async () => {
    const world = memoryWorld();
    await register(world);
    const event = eventWith();
    const { add, checkWritable } = world.log;
    const refuse = () => Promise.reject(new Error("refused"));
    Object.assign(world.log, { add: refuse, checkWritable: refuse });
    for (let receives = 1; receives <= 4; receives++)
      expect(await dispatchWith(world)([event], receives)).toEqual([false]);
    expect(world.webhookClient.ledger).toHaveLength(1);
    Object.assign(world.log, { add, checkWritable });
    expect(await dispatchWith(world)([event], 5)).toEqual([true]);
    expect(await statuses(world, event)).toEqual(["delivered"]);
  });

  it("a pending delivery ends if a concurrent copy of its message succeeded", async () => {
    const answers = [500, 200];
    const world = memoryWorld(() => ({ status: answers.shift() ?? 0 }));
    const endpoint = await register(world);
    const event = eventWith();
    await dispatchWith(world)([event]);
    await dispatchWith(world)([event]); // the queue's second copy
    expect(await statuses(world, event)).toEqual(["delivered"]);
    expect((await world.deliveries.backlog(endpoint.id, { limit: 10 })).items).toEqual([]);
    const [ended] = await world.deliveries.ended([{ endpoint: endpoint.id, eventId: event.id }]);
    expect(ended?.attempts.map(({ outcome }) => outcome)).toEqual(["http_status", "success"]);
  });
});
