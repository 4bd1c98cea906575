import { describe, expect, it } from "vitest";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";
import { group, grouped, idsOf, membersOf, SECOND_MS } from "./grouped-posts.ts";

describe("a grouped endpoint", () => {
  it("a grouped endpoint gets 500 events in five POSTs, each event once, within about two seconds", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, grouped);
    const begunAt = world.clock.now();
    const sent: string[] = [];
    for (let batch = 0; batch < 10; batch++) sent.push(...(await hook.send(50)).map(({ id }) => id));
    expect(world.webhookClient.ledger).toEqual([]);
    await hook.wake();
    expect(world.clock.now() - begunAt).toBeLessThanOrEqual(2.1 * SECOND_MS);
    expect(world.webhookClient.ledger).toHaveLength(5);
    expect(world.webhookClient.ledger.flatMap(idsOf).toSorted()).toEqual(sent.toSorted());
    expect(world.webhookClient.ledger.map((post) => membersOf(post).length)).toEqual([100, 100, 100, 100, 100]);
    expect(await hook.backlog()).toEqual([]);
    expect(await hook.state()).not.toHaveProperty("wakeAt");
  });

  it("a grouped event costs four writes: log, backlog, outcome and removal from the backlog", async () => {
    const world = memoryWorld();
    const writes: string[] = [];
    const { log, deliveries } = world;
    const { add } = log;
    const { addNewToBacklog, recordOutcome, removeFromBacklog } = deliveries;
    log.add = (event) => {
      writes.push("log");
      return add(event);
    };
    deliveries.addNewToBacklog = (parked) => {
      writes.push(...parked.map(() => "addToBacklog"));
      return addNewToBacklog(parked);
    };
    deliveries.recordOutcome = (one) => {
      writes.push("end");
      return recordOutcome(one);
    };
    deliveries.removeFromBacklog = (parked) => {
      writes.push(...parked.map(() => "removeFromBacklog"));
      return removeFromBacklog(parked);
    };
    const hook = await addEndpoint(world, grouped);
    await hook.send(50);
    await hook.wake();
    expect(writes.length).toBe(4 * 50);
  });

  it("a pause stops a group within seconds, even while it is being split after 413", async () => {
    let pausedAt = Number.POSITIVE_INFINITY;
    const world = memoryWorld(async ({ headers }) => {
      if (world.webhookClient.ledger.length === 3) {
        await pauseEndpoint(world, hook.endpoint.account, hook.endpoint.id);
        pausedAt = world.clock.now();
      }
      if (world.clock.now() > pausedAt + 5_000) late.push(headers["webhook-id"] ?? "");
      return { status: 413, tookMs: 3_000 };
    });
    const late: string[] = [];
    const hook = await addEndpoint(world, grouped);
    await hook.send(16);
    await hook.wake();
    expect(late).toEqual([]);
    expect(world.webhookClient.ledger.length).toBeLessThan(16);
    expect(await hook.backlog()).toHaveLength(16);
  });

  it("a grouped endpoint does not delay an endpoint without groups", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { ...grouped, url: "https://example.com/grouped" });
    const other = await addEndpoint(world, { url: "https://example.com/single" });
    await hook.send(3);
    expect(world.webhookClient.ledger.map(({ url }) => url)).toEqual(Array(3).fill(other.endpoint.url));
    expect(world.webhookClient.ledger.every(({ headers }) => headers["rappel-event-ids"] === undefined)).toBe(true);
  });

  it("a group is sent only after its window has ended", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { format: "raw", group: { ...group, windowMs: 20_000 } });
    await hook.send();
    expect((await hook.state()).wakeAt).toBeGreaterThanOrEqual(world.clock.now() + 20_000);
  });

  it("a group in XML holds at most 64 KiB of payloads", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { encoding: "xml", group: { ...group, maxBytes: 1_000_000 } });
    await hook.send(20, { payload: Buffer.from(JSON.stringify("x".repeat(10_000))) });
    await hook.wake();
    expect(world.webhookClient.ledger.map((post) => idsOf(post).length)).toEqual([6, 6, 6, 2]);
  });

  it.each([true, false])(
    "each POST in XML is written in its own turn of the event loop: grouped %j",
    async (isGrouped) => {
      const sleepsWith = async (encoding: "json" | "xml") => {
        const world = memoryWorld();
        const hook = await addEndpoint(world, { encoding, ...(isGrouped && { group: { ...group, maxEvents: 5 } }) });
        const { sleep } = world.clock;
        let sleeps = 0;
        world.clock.sleep = async (ms) => {
          sleeps++;
          return sleep(ms);
        };
        await hook.send(20);
        if (isGrouped) await hook.wake();
        return { sleeps, posts: world.webhookClient.ledger.length };
      };
      const [json, xml] = [await sleepsWith("json"), await sleepsWith("xml")];
      expect(xml).toEqual({ posts: json.posts, sleeps: json.sleeps + json.posts });
    },
  );

  it("a group counts as one failure if only some of its events had failed since the last success", async () => {
    let isUp = false;
    const world = memoryWorld(() => ({ status: isUp ? 200 : 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { ...grouped, retrySchedule: [{ times: 5, everyMs: 60_000 }] });
    for (const next of [false, true, false]) {
      isUp = next;
      await hook.send();
      await hook.wake();
      world.clock.move(10_000);
    }
    expect((await hook.state()).streak).toBe(1);
    world.clock.move(120_000); // both events are due and have failed once
    await hook.wake();
    expect(world.webhookClient.ledger.map((post) => idsOf(post).length)).toEqual([1, 1, 1, 2]);
    expect((await hook.state()).streak).toBe(2);
  });

  it("a group stays within maxBytes unless a single event is larger", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { format: "raw", group: { ...group, maxBytes: 2_000 } });
    for (const length of [900, 900, 900, 5_000, 10]) {
      await hook.send(1, { payload: Buffer.from(JSON.stringify("x".repeat(length))) });
      world.clock.move(1);
    }
    await hook.wake();
    expect(world.webhookClient.ledger.map((post) => membersOf(post).length)).toEqual([2, 1, 1, 1]);
  });

  it("events that join a round are gathered for a window instead of being sent in small groups", async () => {
    let joining = 3;
    const world = memoryWorld(async () => {
      for (; joining > 0; joining--) await hook.send(10);
      return { status: 200, tookMs: 100 };
    });
    const hook = await addEndpoint(world, grouped);
    await hook.send(5);
    await hook.wake();
    const closedAt = world.clock.now();
    expect(world.webhookClient.ledger.flatMap(membersOf).length).toBeLessThanOrEqual(35);
    const { wakeAt, roundId } = await hook.state();
    if ((await hook.backlog()).length > 0) {
      expect(roundId).toBeUndefined();
      expect((wakeAt ?? 0) - closedAt).toBeGreaterThanOrEqual(SECOND_MS);
      await hook.wake();
    }
    expect(world.webhookClient.ledger.flatMap(idsOf)).toHaveLength(35);
    expect(new Set(world.webhookClient.ledger.flatMap(idsOf)).size).toBe(35);
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(3);
  });

  it("a group that was not recorded before a crash is sent again under the same id", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, grouped);
    await hook.send(7);
    const { wakeAt = 0 } = await hook.state();
    world.clock.move(wakeAt - world.clock.now());
    const crashing = {
      ...world,
      deliveries: { ...world.deliveries, recordOutcome: () => Promise.reject(new Error("killed")) },
    };
    const wake = { endpoint: hook.endpoint.id, wakeAt };
    await expect(retryRoundRunner(crashing)(wake, world.clock.now() + 60_000)).rejects.toThrow("killed");
    const { roundUntil = 0 } = await hook.state();
    world.clock.move(roundUntil - world.clock.now() + 1);
    await retryRoundRunner(world)(wake, world.clock.now() + 60_000);
    const [first, second] = world.webhookClient.ledger;
    expect(world.webhookClient.ledger).toHaveLength(2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(await hook.backlog()).toEqual([]);
  });
});
