import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { lifeOf } from "../retry/rounds.ts";
import { memoryWorld } from "../support/memory-world.ts";

const DAY_MS = 86_400_000;
const SHORT = [{ times: 5, everyMs: 1_000 }];

describe("what happens to an endpoint", () => {
  it("is told to its account and to the operator's, each change once, with the reason", async () => {
    let isUp = false;
    const world = memoryWorld(() => ({ status: isUp ? 200 : 500, tookMs: 0 }));
    const life = await lifeOf(world, { retrySchedule: SHORT });
    for (let n = 0; n < 5; n++) await life.send();
    while ((await life.state()).status === "failing") await life.wake();
    isUp = true;
    await resumeEndpoint(world, "acme", life.endpoint.id);
    await life.wake();
    expect(life.told()).toMatchObject([
      { type: "rappel.endpoint.failing", endpoint: life.endpoint.id, reason: "5 attempts in a row have failed" },
      { type: "rappel.endpoint.suspended", reason: "all 6 attempts failed" },
      { type: "rappel.endpoint.resumed", reason: "resumed by the user" },
      { type: "rappel.endpoint.recovered", reason: "the endpoint works again" },
    ]);
    const ids = (account: string) => world.queue.sent.filter((event) => event.account === account).map(({ id }) => id);
    expect(ids("operator")).toEqual(ids("acme"));
    expect((await life.state()).announce).toBeUndefined();
  });

  it("is told by the next round where whoever changed it died before telling", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world);
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("died here"));
    for (let n = 0; n < 5; n++) await life.send();
    expect(await life.state()).toMatchObject({ status: "failing", announce: [{ type: "rappel.endpoint.failing" }] });
    expect(life.told()).toEqual([]);
    world.queue.send = send.bind(world.queue);
    await life.wake();
    expect(life.told()).toMatchObject([{ type: "rappel.endpoint.failing" }]);
  });

  it("is told under the same id where whoever told it died before noting so", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world);
    const { update } = world.states;
    world.states.update = (id, change) =>
      change.remove?.includes("announce") ? Promise.reject(new Error("died here")) : update(id, change);
    for (let n = 0; n < 5; n++) await life.send();
    world.states.update = update;
    await life.wake();
    const ids = world.queue.sent.filter(({ account }) => account === "acme").map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it("is never sent to the endpoint itself", async () => {
    const world = memoryWorld(({ url }) => ({ status: url.includes("dead") ? 500 : 200, tookMs: 0 }));
    const dead = await lifeOf(world, { url: "https://dead.example.com/", eventTypes: ["*", "rappel.*"] });
    await lifeOf(world, { url: "https://watcher.example.com/", eventTypes: ["rappel.*"] });
    for (let n = 0; n < 5; n++) await dead.send();
    const before = world.webhookClient.ledger.length;
    const told = world.queue.sent.filter(({ account }) => account === "acme");
    await dispatcher(world)([{ content: { account: "acme", events: told }, receives: 1 }], world.clock.now() + 60_000);
    expect(world.webhookClient.ledger.slice(before).map(({ url }) => url)).toEqual(["https://watcher.example.com/"]);
    expect(await dead.waiting()).toHaveLength(5); // nor does it wait there
  });

  it("is POSTed once, though two functions told it at the same moment", async () => {
    const world = memoryWorld(({ url }) => ({ status: url.includes("dead") ? 500 : 200, tookMs: 0 }));
    const dead = await lifeOf(world, { url: "https://dead.example.com/" });
    await lifeOf(world, { url: "https://watcher.example.com/", eventTypes: ["rappel.*"] });
    for (let n = 0; n < 5; n++) await dead.send();
    const told = world.queue.sent.filter(({ account }) => account === "acme");
    const pack = { content: { account: "acme", events: told }, receives: 1 };
    for (let n = 0; n < 2; n++) await dispatcher(world)([pack], world.clock.now() + 60_000);
    expect(world.webhookClient.ledger.filter(({ url }) => url.includes("watcher"))).toHaveLength(1);
  });

  it("is told by the next first attempt, 10 s later, where whoever changed it died before telling", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world);
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("died here"));
    for (let n = 0; n < 5; n++) await life.send();
    world.queue.send = send.bind(world.queue);
    await life.send();
    expect(life.told()).toEqual([]); // it may still be about to
    world.clock.move(10_000);
    await life.send();
    expect(life.told()).toMatchObject([{ type: "rappel.endpoint.failing" }]);
  });
});

describe("a delivery that is given up", () => {
  it("is told of, with what became of it", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world, { retrySchedule: SHORT });
    const [event] = await life.send();
    world.clock.move(10);
    await world.states.update(life.endpoint.id, { set: { lastOkAt: world.clock.now() } });
    while ((await life.waiting()).length > 0) await life.wake();
    expect(life.told().filter(({ type }) => type === "rappel.delivery.exhausted")).toMatchObject([
      { endpoint: life.endpoint.id, event: event?.id, eventType: "email.opened", reason: "schedule", lastStatus: 500 },
    ]);
  });

  it("is told of also where whoever ended it died before telling", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world, { retrySchedule: SHORT });
    await life.send();
    world.clock.move(10);
    await world.states.update(life.endpoint.id, { set: { lastOkAt: world.clock.now() } });
    const { send } = world.queue;
    world.queue.send = (events) =>
      events.some(({ type }) => type === "rappel.delivery.exhausted")
        ? Promise.reject(new Error("died here"))
        : send.call(world.queue, events);
    await expect(
      (async () => {
        for (;;) await life.wake();
      })(),
    ).rejects.toThrow("died here");
    expect(await life.waiting()).toHaveLength(1);
    world.queue.send = send.bind(world.queue);
    world.clock.move(120_000);
    await life.wake();
    expect(await life.waiting()).toEqual([]);
    expect(life.told().filter(({ type }) => type === "rappel.delivery.exhausted")).toHaveLength(1);
  });

  it("is not told of where it was to tell of another: two dead endpoints would never rest", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world, { retrySchedule: SHORT, eventTypes: ["rappel.*"] });
    await life.send(1, { type: "rappel.endpoint.failing" });
    world.clock.move(10);
    await world.states.update(life.endpoint.id, { set: { lastOkAt: world.clock.now() } });
    while ((await life.waiting()).length > 0) await life.wake();
    expect(life.told().map(({ type }) => type)).not.toContain("rappel.delivery.exhausted");
  });
});

describe("a backlog that is held", () => {
  it("is announced three days before it ends, then ended as expired, and each delivery is told of", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    await pauseEndpoint(world, "acme", life.endpoint.id);
    await life.send(3);
    const endsAt = world.clock.now() + LIMITS.retentionDays * DAY_MS;
    while (life.told().length === 0) await life.wake();
    expect(endsAt - world.clock.now()).toBeGreaterThanOrEqual(3 * DAY_MS);
    expect(endsAt - world.clock.now()).toBeLessThanOrEqual(4 * DAY_MS);
    expect(life.told()).toMatchObject([
      {
        type: "rappel.endpoint.expiring",
        reason: `3 pending deliveries expire from ${new Date(endsAt).toISOString()} on`,
      },
    ]);
    while ((await life.waiting()).length > 0) await life.wake();
    expect(world.clock.now()).toBeLessThanOrEqual(endsAt + DAY_MS + 1_000);
    const types = life.told().map(({ type, reason }) => (type === "rappel.delivery.exhausted" ? reason : type));
    expect(types).toEqual(["rappel.endpoint.expiring", "expired", "expired", "expired"]);
    expect((await life.state()).wakeAt).toBeUndefined();
  });

  it("costs one round a day, and no POST", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    await pauseEndpoint(world, "acme", life.endpoint.id);
    await life.send(1);
    const from = world.clock.now();
    for (let days = 0; days < 5; days++) await life.wake();
    expect(world.clock.now() - from).toBeGreaterThanOrEqual(4 * DAY_MS);
    expect(world.webhookClient.ledger).toEqual([]);
  });

  it("takes nothing more after three days of suspension: what comes then is only logged, and says so", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const life = await lifeOf(world);
    await life.send();
    await life.wake();
    expect(await life.state()).toMatchObject({ status: "suspended" });
    world.clock.move(2 * DAY_MS);
    await life.send();
    expect(await life.waiting()).toHaveLength(2);
    world.clock.move(DAY_MS + 1);
    const [event] = await life.send();
    expect(await life.waiting()).toHaveLength(2);
    const logged = (await world.log.find("acme", [event?.id ?? ""])).get(event?.id ?? "");
    expect(Object.keys(logged?.withheld ?? {})).toEqual([life.endpoint.id]);
  });
});
