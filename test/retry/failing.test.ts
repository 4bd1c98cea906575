import { describe, expect, it } from "vitest";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";

const MINUTE_MS = 60_000;

describe("a batch for a URL that is down", () => {
  it("a batch stops after five failures in a row", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 1 }));
    const hook = await addEndpoint(world);
    await hook.send(200);
    // 25 were in flight at the fifth failure.
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(30);
    expect(await hook.backlog()).toHaveLength(200);
    expect(await hook.state()).toMatchObject({ status: "failing", parked: 200 });
  });
});

describe("Retry-After", () => {
  const rateLimitingWorld = () => memoryWorld(() => ({ status: 429, tookMs: 0, headers: { "retry-after": "600" } }));

  it("Retry-After stops all events to the endpoint, even after a single failure", async () => {
    const world = rateLimitingWorld();
    const hook = await addEndpoint(world);
    await hook.send();
    const until = world.clock.now() + 10 * MINUTE_MS;
    expect(await hook.state()).toMatchObject({ status: "active", notBefore: until, wakeAt: until });
    world.clock.move(6_000);
    await hook.send();
    expect(world.webhookClient.ledger).toHaveLength(1);
    expect(await hook.state()).toMatchObject({ wakeAt: until });
  });

  it("Retry-After stops the rest of the same batch", async () => {
    const world = rateLimitingWorld();
    const hook = await addEndpoint(world);
    await hook.send(200);
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(26);
  });

  it("Retry-After is respected when the fifth failure makes the endpoint failing", async () => {
    let retryAfter = "0";
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": retryAfter } }));
    const hook = await addEndpoint(world);
    for (let n = 0; n < 4; n++) await hook.send();
    retryAfter = "600";
    await hook.send();
    const until = world.clock.now() + 10 * MINUTE_MS;
    expect(await hook.state()).toMatchObject({ status: "failing", probeAt: until, notBefore: until });
  });
});

describe("Retry-After of a backlog delivery", () => {
  it("Retry-After from before the last success does not delay the first probe of a newly failing endpoint", async () => {
    const statuses = [200, 200, 429, 200]; // two probes, then the backlog
    const world = memoryWorld(() => {
      const status = statuses.shift() ?? 503;
      return { status, tookMs: 0, ...(status === 429 && { headers: { "retry-after": "600" } }) };
    });
    const hook = await addEndpoint(world);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send(12);
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await hook.wake();
    const { status, probeAt = 0, notBefore } = (await hook.state()) ?? {};
    expect({ status, notBefore }).toEqual({ status: "failing", notBefore: undefined });
    expect(probeAt - world.clock.now()).toBeLessThanOrEqual(30_000);
  });
});

describe("an early probe", () => {
  const HALF_HOUR_MS = 30 * MINUTE_MS;
  /** A failing endpoint with half-hour waits, just after a probe. */
  async function farFromNextProbe(earlyProbeMs: number) {
    let isUp = false;
    const world = { ...memoryWorld(() => ({ status: isUp ? 200 : 500, tookMs: 0 })), earlyProbeMs };
    const hook = await addEndpoint(world, { retrySchedule: "sarbacane" });
    for (let n = 0; n < 5; n++) await hook.send();
    await hook.wake();
    const { ledger } = world.webhookClient;
    const recover = () => {
      isUp = true;
    };
    return { world, hook, posts: ledger.length, ledger, recover };
  }

  it("an early probe runs five minutes later if a new event arrives, and its success makes the endpoint active", async () => {
    const { world, hook, posts, ledger, recover } = await farFromNextProbe(5 * MINUTE_MS);
    const { probeAt = 0 } = await hook.state();
    expect(probeAt).toBe(world.clock.now() + HALF_HOUR_MS);
    recover();
    const [event] = await hook.send();
    expect((await hook.state()).wakeAt).toBe(world.clock.now() + 5 * MINUTE_MS);
    await hook.wake();
    expect(ledger[posts]?.headers["webhook-id"]).toBe(event?.id);
    expect(await hook.state()).toMatchObject({ status: "active" });
    expect(await hook.backlog()).toEqual([]);
  });

  it("a failed early probe does not count in the schedule, and the next probe keeps its time", async () => {
    const { world, hook, posts, ledger } = await farFromNextProbe(5 * MINUTE_MS);
    const before = await hook.state();
    const [event] = await hook.send();
    await hook.wake();
    expect(ledger).toHaveLength(posts + 1);
    const { attemptIndex, probeAt = 0 } = before;
    expect(await hook.state()).toMatchObject({ status: "failing", attemptIndex, probeAt, wakeAt: probeAt });
    expect((await hook.backlog()).find(({ eventId }) => eventId === event?.id)).toMatchObject({ failures: 0 });
    expect(world.clock.now()).toBeLessThan(probeAt);
  });

  it("no early probe runs without a new event", async () => {
    const { hook } = await farFromNextProbe(5 * MINUTE_MS);
    const { probeAt, wakeAt } = await hook.state();
    expect(wakeAt).toBe(probeAt);
  });

  it("no early probe runs if it is switched off", async () => {
    const { hook } = await farFromNextProbe(0);
    await hook.send();
    const { probeAt, wakeAt } = await hook.state();
    expect(wakeAt).toBe(probeAt);
  });
});

describe("a rate limit", () => {
  it("a rate limit spaces first attempts evenly, and queues those that would wait longer than a second", async () => {
    const world = memoryWorld();
    const { slot } = world.pacer;
    const slots: number[] = [];
    world.pacer.slot = async (...args) => {
      const granted = await slot(...args);
      if (granted.isTaken) slots.push(granted.at);
      return granted;
    };
    const hook = await addEndpoint(world, { rateLimit: 2 });
    await hook.send(10);
    expect(world.webhookClient.ledger).toHaveLength(3);
    expect(await hook.backlog()).toHaveLength(7);
    await hook.wake();
    expect(await hook.backlog()).toEqual([]);
    expect(slots).toHaveLength(10);
    for (const [i, at] of slots.entries()) expect(at - (slots[i - 1] ?? 0)).toBeGreaterThanOrEqual(500);
  });
});

describe("an endpoint whose fifth failure did not change its status", () => {
  it("the next round makes an endpoint with five failures failing", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    await hook.send();
    await world.states.update(hook.endpoint.id, { add: { streak: 4 } });
    await hook.wake();
    expect(await hook.state()).toMatchObject({ status: "failing" });
    expect(world.webhookClient.ledger).toHaveLength(1);
  });
});
