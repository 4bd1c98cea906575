import { describe, expect, it } from "vitest";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { group, grouped, idsOf, membersOf, SECOND_MS } from "./grouped-posts.ts";
import { lifeOf } from "./rounds.ts";

describe("an endpoint that asks for groups", () => {
  it("gets 500 events of one second in five POSTs, each once, a second or two later", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, grouped);
    const begunAt = world.clock.now();
    const sent: string[] = [];
    for (let batch = 0; batch < 10; batch++) sent.push(...(await life.send(50)).map(({ id }) => id));
    expect(world.webhookClient.ledger).toEqual([]);
    await life.wake();
    expect(world.clock.now() - begunAt).toBeLessThanOrEqual(2.1 * SECOND_MS);
    expect(world.webhookClient.ledger).toHaveLength(5);
    expect(world.webhookClient.ledger.flatMap(idsOf).toSorted()).toEqual(sent.toSorted());
    expect(world.webhookClient.ledger.map((post) => membersOf(post).length)).toEqual([100, 100, 100, 100, 100]);
    expect(await life.waiting()).toEqual([]);
    expect(await life.state()).not.toHaveProperty("wakeAt");
  });

  it("costs four writes an event: it is logged, parked, ended, and taken out of the backlog", async () => {
    const world = memoryWorld();
    const writes: string[] = [];
    const { log, deliveries } = world;
    const { add } = log;
    const { parkNew, recordOutcome, unpark } = deliveries;
    log.add = (event) => {
      writes.push("log");
      return add(event);
    };
    deliveries.parkNew = (some) => {
      writes.push(...some.map(() => "park"));
      return parkNew(some);
    };
    deliveries.recordOutcome = (one) => {
      writes.push("end");
      return recordOutcome(one);
    };
    deliveries.unpark = (some) => {
      writes.push(...some.map(() => "unpark"));
      return unpark(some);
    };
    const life = await lifeOf(world, grouped);
    await life.send(50);
    await life.wake();
    expect(writes.length).toBe(4 * 50);
  });

  it("obeys a pause within seconds, also while it is cut ever smaller for a receiver that takes less", async () => {
    let pausedAt = Number.POSITIVE_INFINITY;
    const world = memoryWorld(async ({ headers }) => {
      if (world.webhookClient.ledger.length === 3) {
        await pauseEndpoint(world, life.endpoint.account, life.endpoint.id);
        pausedAt = world.clock.now();
      }
      if (world.clock.now() > pausedAt + 5_000) late.push(headers["webhook-id"] ?? "");
      return { status: 413, tookMs: 3_000 };
    });
    const late: string[] = [];
    const life = await lifeOf(world, grouped);
    await life.send(16);
    await life.wake();
    expect(late).toEqual([]);
    expect(world.webhookClient.ledger.length).toBeLessThan(16);
    expect(await life.waiting()).toHaveLength(16);
  });

  it("does not hold up one that asks for none", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, { ...grouped, url: "https://example.com/grouped" });
    const other = await lifeOf(world, { url: "https://example.com/single" });
    await life.send(3);
    expect(world.webhookClient.ledger.map(({ url }) => url)).toEqual(Array(3).fill(other.endpoint.url));
    expect(world.webhookClient.ledger.every(({ headers }) => headers["rappel-event-ids"] === undefined)).toBe(true);
  });

  it("gathers for as long as it asks", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, { format: "raw", group: { ...group, windowMs: 20_000 } });
    await life.send();
    expect((await life.state()).wakeAt).toBeGreaterThanOrEqual(world.clock.now() + 20_000);
  });

  it("gets 64 KiB of payloads at once in XML, whatever it asks for", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, { encoding: "xml", group: { ...group, maxBytes: 1_000_000 } });
    await life.send(20, { payload: Buffer.from(JSON.stringify("x".repeat(10_000))) });
    await life.wake();
    expect(world.webhookClient.ledger.map((post) => idsOf(post).length)).toEqual([6, 6, 6, 2]);
  });

  it.each([true, false])(
    "has each POST in XML written in a turn of its own, so that others are heard: grouped %j",
    async (isGrouped) => {
      const sleepsWith = async (encoding: "json" | "xml") => {
        const world = memoryWorld();
        const life = await lifeOf(world, { encoding, ...(isGrouped && { group: { ...group, maxEvents: 5 } }) });
        const { sleep } = world.clock;
        let sleeps = 0;
        world.clock.sleep = async (ms) => {
          sleeps++;
          return sleep(ms);
        };
        await life.send(20);
        if (isGrouped) await life.wake();
        return { sleeps, posts: world.webhookClient.ledger.length };
      };
      const [json, xml] = [await sleepsWith("json"), await sleepsWith("xml")];
      expect(xml).toEqual({ posts: json.posts, sleeps: json.sleeps + json.posts });
    },
  );

  it("is failing by what fails together, where some of it had not failed before the URL last answered", async () => {
    let isWell = false;
    const world = memoryWorld(() => ({ status: isWell ? 200 : 500, tookMs: 0 }));
    const life = await lifeOf(world, { ...grouped, retrySchedule: [{ times: 5, everyMs: 60_000 }] });
    for (const well of [false, true, false]) {
      isWell = well;
      await life.send();
      await life.wake();
      world.clock.move(10_000);
    }
    expect((await life.state()).streak).toBe(1);
    world.clock.move(120_000); // both are due, and have failed once each
    await life.wake();
    expect(world.webhookClient.ledger.map((post) => idsOf(post).length)).toEqual([1, 1, 1, 2]);
    expect((await life.state()).streak).toBe(2);
  });

  it("gets no more bytes at once than it asked for, but for an event that is larger itself", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, { format: "raw", group: { ...group, maxBytes: 2_000 } });
    for (const length of [900, 900, 900, 5_000, 10]) {
      await life.send(1, { payload: Buffer.from(JSON.stringify("x".repeat(length))) });
      world.clock.move(1);
    }
    await life.wake();
    expect(world.webhookClient.ledger.map((post) => membersOf(post).length)).toEqual([2, 1, 1, 1]);
  });

  it("has what joins a round gathered for its window, not sent in groups of few", async () => {
    let joining = 3;
    const world = memoryWorld(async () => {
      for (; joining > 0; joining--) await life.send(10);
      return { status: 200, tookMs: 100 };
    });
    const life = await lifeOf(world, grouped);
    await life.send(5);
    await life.wake();
    const closedAt = world.clock.now();
    expect(world.webhookClient.ledger.flatMap(membersOf).length).toBeLessThanOrEqual(35);
    const { wakeAt, roundId } = await life.state();
    if ((await life.waiting()).length > 0) {
      expect(roundId).toBeUndefined();
      expect((wakeAt ?? 0) - closedAt).toBeGreaterThanOrEqual(SECOND_MS);
      await life.wake();
    }
    expect(world.webhookClient.ledger.flatMap(idsOf)).toHaveLength(35);
    expect(new Set(world.webhookClient.ledger.flatMap(idsOf)).size).toBe(35);
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(3);
  });

  it("gets a group again under the same id when a function dies before it has settled", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, grouped);
    await life.send(7);
    const { wakeAt = 0 } = await life.state();
    world.clock.move(wakeAt - world.clock.now());
    const dying = {
      ...world,
      deliveries: { ...world.deliveries, recordOutcome: () => Promise.reject(new Error("killed")) },
    };
    const wake = { endpoint: life.endpoint.id, wakeAt };
    await expect(retryRoundRunner(dying)(wake, world.clock.now() + 60_000)).rejects.toThrow("killed");
    const { roundUntil = 0 } = await life.state();
    world.clock.move(roundUntil - world.clock.now() + 1);
    await retryRoundRunner(world)(wake, world.clock.now() + 60_000);
    const [first, second] = world.webhookClient.ledger;
    expect(world.webhookClient.ledger).toHaveLength(2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(await life.waiting()).toEqual([]);
  });
});
