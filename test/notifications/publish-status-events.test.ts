import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

const DAY_MS = 86_400_000;
const SHORT = [{ times: 5, everyMs: 1_000 }];

describe("status changes", () => {
  it("each status change is published once to the account and to the operator, with its reason", async () => {
    let isUp = false;
    const world = memoryWorld(() => ({ status: isUp ? 200 : 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: SHORT });
    for (let n = 0; n < 5; n++) await hook.send();
    while ((await hook.state()).status === "failing") await hook.wake();
    isUp = true;
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await hook.wake();
    expect(hook.published()).toMatchObject([
      { type: "rappel.endpoint.failing", endpoint: hook.endpoint.id, reason: "5 attempts in a row have failed" },
      { type: "rappel.endpoint.suspended", reason: "all 6 attempts failed" },
      { type: "rappel.endpoint.resumed", reason: "resumed by the user" },
      { type: "rappel.endpoint.recovered", reason: "the endpoint works again" },
    ]);
    const ids = (account: string) => world.queue.sent.filter((event) => event.account === account).map(({ id }) => id);
    expect(ids("operator")).toEqual(ids("acme"));
    expect((await hook.state()).announce).toBeUndefined();
  });

  it("the next round publishes a status change if the function that made it was killed", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("killed"));
    for (let n = 0; n < 5; n++) await hook.send();
    expect(await hook.state()).toMatchObject({ status: "failing", announce: [{ type: "rappel.endpoint.failing" }] });
    expect(hook.published()).toEqual([]);
    world.queue.send = send.bind(world.queue);
    await hook.wake();
    expect(hook.published()).toMatchObject([{ type: "rappel.endpoint.failing" }]);
  });

  it("a status change that is published again after a crash has the same id", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    const { update } = world.states;
    world.states.update = (id, change) =>
      change.remove?.includes("announce") ? Promise.reject(new Error("killed")) : update(id, change);
    for (let n = 0; n < 5; n++) await hook.send();
    world.states.update = update;
    await hook.wake();
    const ids = world.queue.sent.filter(({ account }) => account === "acme").map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it("status changes are never sent to the endpoint itself", async () => {
    const world = memoryWorld(({ url }) => ({ status: url.includes("failing") ? 500 : 200, tookMs: 0 }));
    const failing = await addEndpoint(world, { url: "https://failing.example.com/", eventTypes: ["*", "rappel.*"] });
    await addEndpoint(world, { url: "https://watcher.example.com/", eventTypes: ["rappel.*"] });
    for (let n = 0; n < 5; n++) await failing.send();
    const before = world.webhookClient.ledger.length;
    const statusEvents = world.queue.sent.filter(({ account }) => account === "acme");
    await dispatcher(world)(
      [{ content: { account: "acme", events: statusEvents }, receives: 1 }],
      world.clock.now() + 60_000,
    );
    expect(world.webhookClient.ledger.slice(before).map(({ url }) => url)).toEqual(["https://watcher.example.com/"]);
    expect(await failing.backlog()).toHaveLength(5); // and is not queued there
  });

  it("a status change is POSTed once even if it was published twice", async () => {
    const world = memoryWorld(({ url }) => ({ status: url.includes("failing") ? 500 : 200, tookMs: 0 }));
    const failing = await addEndpoint(world, { url: "https://failing.example.com/" });
    await addEndpoint(world, { url: "https://watcher.example.com/", eventTypes: ["rappel.*"] });
    for (let n = 0; n < 5; n++) await failing.send();
    const statusEvents = world.queue.sent.filter(({ account }) => account === "acme");
    const message = { content: { account: "acme", events: statusEvents }, receives: 1 };
    for (let n = 0; n < 2; n++) await dispatcher(world)([message], world.clock.now() + 60_000);
    expect(world.webhookClient.ledger.filter(({ url }) => url.includes("watcher"))).toHaveLength(1);
  });

  it("a first attempt 10 s later publishes a status change if the function that made it was killed", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("killed"));
    for (let n = 0; n < 5; n++) await hook.send();
    world.queue.send = send.bind(world.queue);
    await hook.send();
    expect(hook.published()).toEqual([]); // the other function may still publish it
    world.clock.move(10_000);
    await hook.send();
    expect(hook.published()).toMatchObject([{ type: "rappel.endpoint.failing" }]);
  });
});

describe("exhausted deliveries", () => {
  it("an exhausted delivery is published with its final outcome", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: SHORT });
    const [event] = await hook.send();
    world.clock.move(10);
    await world.states.update(hook.endpoint.id, { set: { lastOkAt: world.clock.now() } });
    while ((await hook.backlog()).length > 0) await hook.wake();
    expect(hook.published().filter(({ type }) => type === "rappel.delivery.exhausted")).toMatchObject([
      { endpoint: hook.endpoint.id, event: event?.id, eventType: "email.opened", reason: "schedule", lastStatus: 500 },
    ]);
  });

  it("an exhausted delivery is published even if the function that ended it was killed", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: SHORT });
    await hook.send();
    world.clock.move(10);
    await world.states.update(hook.endpoint.id, { set: { lastOkAt: world.clock.now() } });
    const { send } = world.queue;
    world.queue.send = (events) =>
      events.some(({ type }) => type === "rappel.delivery.exhausted")
        ? Promise.reject(new Error("killed"))
        : send.call(world.queue, events);
    await expect(
      (async () => {
        for (;;) await hook.wake();
      })(),
    ).rejects.toThrow("killed");
    expect(await hook.backlog()).toHaveLength(1);
    world.queue.send = send.bind(world.queue);
    world.clock.move(120_000);
    await hook.wake();
    expect(await hook.backlog()).toEqual([]);
    expect(hook.published().filter(({ type }) => type === "rappel.delivery.exhausted")).toHaveLength(1);
  });

  it("an exhausted delivery of an operational webhook is not published", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: SHORT, eventTypes: ["rappel.*"] });
    await hook.send(1, { type: "rappel.endpoint.failing" });
    world.clock.move(10);
    await world.states.update(hook.endpoint.id, { set: { lastOkAt: world.clock.now() } });
    while ((await hook.backlog()).length > 0) await hook.wake();
    expect(hook.published().map(({ type }) => type)).not.toContain("rappel.delivery.exhausted");
  });
});

describe("a backlog of a paused or suspended endpoint", () => {
  it("a held backlog is announced three days before it expires, and each expired delivery is published", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send(3);
    const endsAt = world.clock.now() + LIMITS.retentionDays * DAY_MS;
    while (hook.published().length === 0) await hook.wake();
    expect(endsAt - world.clock.now()).toBeGreaterThanOrEqual(3 * DAY_MS);
    expect(endsAt - world.clock.now()).toBeLessThanOrEqual(4 * DAY_MS);
    expect(hook.published()).toMatchObject([
      {
        type: "rappel.endpoint.expiring",
        reason: `3 pending deliveries expire from ${new Date(endsAt).toISOString()} on`,
      },
    ]);
    while ((await hook.backlog()).length > 0) await hook.wake();
    expect(world.clock.now()).toBeLessThanOrEqual(endsAt + DAY_MS + 1_000);
    const types = hook.published().map(({ type, reason }) => (type === "rappel.delivery.exhausted" ? reason : type));
    expect(types).toEqual(["rappel.endpoint.expiring", "expired", "expired", "expired"]);
    expect((await hook.state()).wakeAt).toBeUndefined();
  });

  it("a held backlog costs one round per day and no POST", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send(1);
    const from = world.clock.now();
    for (let days = 0; days < 5; days++) await hook.wake();
    expect(world.clock.now() - from).toBeGreaterThanOrEqual(4 * DAY_MS);
    expect(world.webhookClient.ledger).toEqual([]);
  });

  it("after three days of suspension new events are only logged", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const hook = await addEndpoint(world);
    await hook.send();
    await hook.wake();
    expect(await hook.state()).toMatchObject({ status: "suspended" });
    world.clock.move(2 * DAY_MS);
    await hook.send();
    expect(await hook.backlog()).toHaveLength(2);
    world.clock.move(DAY_MS + 1);
    const [event] = await hook.send();
    expect(await hook.backlog()).toHaveLength(2);
    const logged = (await world.log.find("acme", [event?.id ?? ""])).get(event?.id ?? "");
    expect(Object.keys(logged?.withheld ?? {})).toEqual([hook.endpoint.id]);
  });
});
