import { describe, expect, it } from "vitest";
import { memoryWorld } from "../support/memory-world.ts";
import { lifeOf } from "./rounds.ts";

const MINUTE_MS = 60_000;

describe("one batch for a URL that is dead", () => {
  it("stops after five failures, though more of it were to come", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 1 }));
    const life = await lifeOf(world);
    await life.send(200);
    // 25 were in flight when the fifth failed.
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(30);
    expect(await life.waiting()).toHaveLength(200);
    expect(await life.state()).toMatchObject({ status: "failing", parked: 200 });
  });
});

describe("a receiver that asks for patience", () => {
  const patientWorld = () => memoryWorld(() => ({ status: 429, tookMs: 0, headers: { "retry-after": "600" } }));

  it("gets nothing before that, fresh events included, though it has failed but once", async () => {
    const world = patientWorld();
    const life = await lifeOf(world);
    await life.send();
    const until = world.clock.now() + 10 * MINUTE_MS;
    expect(await life.state()).toMatchObject({ status: "active", notBefore: until, wakeAt: until });
    world.clock.move(6_000);
    await life.send();
    expect(world.webhookClient.ledger).toHaveLength(1);
    expect(await life.state()).toMatchObject({ wakeAt: until });
  });

  it("gets nothing more of the same batch than what was in flight", async () => {
    const world = patientWorld();
    const life = await lifeOf(world);
    await life.send(200);
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(26);
  });

  it("is obeyed also when its fifth failure makes it failing", async () => {
    let asked = "0";
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": asked } }));
    const life = await lifeOf(world);
    for (let n = 0; n < 4; n++) await life.send();
    asked = "600";
    await life.send();
    const until = world.clock.now() + 10 * MINUTE_MS;
    expect(await life.state()).toMatchObject({ status: "failing", probeAt: until, notBefore: until });
  });
});

describe("a fresh look", () => {
  const HALF_HOUR_MS = 30 * MINUTE_MS;
  /** A dead endpoint on half-hour waits, just probed. */
  async function farFromNextProbe(earlyProbeMs: number) {
    let isUp = false;
    const world = { ...memoryWorld(() => ({ status: isUp ? 200 : 500, tookMs: 0 })), earlyProbeMs };
    const life = await lifeOf(world, { retrySchedule: "sarbacane" });
    for (let n = 0; n < 5; n++) await life.send();
    await life.wake();
    const { ledger } = world.webhookClient;
    const comeUp = () => {
      isUp = true;
    };
    return { world, life, posts: ledger.length, ledger, comeUp };
  }

  it("is taken five minutes later at something new, and makes a URL that is well again active", async () => {
    const { world, life, posts, ledger, comeUp } = await farFromNextProbe(5 * MINUTE_MS);
    const { probeAt = 0 } = await life.state();
    expect(probeAt).toBe(world.clock.now() + HALF_HOUR_MS);
    comeUp();
    const [event] = await life.send();
    expect((await life.state()).wakeAt).toBe(world.clock.now() + 5 * MINUTE_MS);
    await life.wake();
    expect(ledger[posts]?.headers["webhook-id"]).toBe(event?.id);
    expect(await life.state()).toMatchObject({ status: "active" });
    expect(await life.waiting()).toEqual([]);
  });

  it("counts on no schedule when it fails, and the next probe keeps its time", async () => {
    const { world, life, posts, ledger } = await farFromNextProbe(5 * MINUTE_MS);
    const before = await life.state();
    const [event] = await life.send();
    await life.wake();
    expect(ledger).toHaveLength(posts + 1);
    const { attemptIndex, probeAt = 0 } = before;
    expect(await life.state()).toMatchObject({ status: "failing", attemptIndex, probeAt, wakeAt: probeAt });
    expect((await life.waiting()).find(({ eventId }) => eventId === event?.id)).toMatchObject({ failures: 0 });
    expect(world.clock.now()).toBeLessThan(probeAt);
  });

  it("is not taken where nothing new has come", async () => {
    const { life } = await farFromNextProbe(5 * MINUTE_MS);
    const { probeAt, wakeAt } = await life.state();
    expect(wakeAt).toBe(probeAt);
  });

  it("is not taken where it is switched off", async () => {
    const { life } = await farFromNextProbe(0);
    await life.send();
    const { probeAt, wakeAt } = await life.state();
    expect(wakeAt).toBe(probeAt);
  });
});

describe("a limit of one's own", () => {
  it("spaces first attempts evenly, and leaves to the rounds what would wait for longer than a second", async () => {
    const world = memoryWorld();
    const { slot } = world.pacer;
    const slots: number[] = [];
    world.pacer.slot = async (...asked) => {
      const given = await slot(...asked);
      if (given.isTaken) slots.push(given.at);
      return given;
    };
    const life = await lifeOf(world, { rateLimit: 2 });
    await life.send(10);
    expect(world.webhookClient.ledger).toHaveLength(3);
    expect(await life.waiting()).toHaveLength(7);
    await life.wake();
    expect(await life.waiting()).toEqual([]);
    expect(slots).toHaveLength(10);
    for (const [i, at] of slots.entries()) expect(at - (slots[i - 1] ?? 0)).toBeGreaterThanOrEqual(500);
  });
});

describe("an endpoint that counted its fifth failure and was never called failing", () => {
  it("is called failing by its next round", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world);
    await life.send();
    await world.states.update(life.endpoint.id, { add: { streak: 4 } });
    await life.wake();
    expect(await life.state()).toMatchObject({ status: "failing" });
    expect(world.webhookClient.ledger).toHaveLength(1);
  });
});
