import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { eventCounter } from "../../lambdas/stats/count-events.ts";
import { memoryClock } from "../../local/simulator/memory/clock.ts";
import { eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const MINUTE_MS = 60_000;
interface Batch {
  readonly blocked?: number;
  readonly bounce?: number;
  readonly sent?: number;
}

/** Dispatches these numbers of Mailjet events as one batch. */
async function send(world: MemoryWorld, counts: Batch, account = "acme", domain = "mail.example"): Promise<void> {
  const payload = (type: string) => Buffer.from(JSON.stringify({ event: type, email: `ann@${domain}` }));
  const events = Object.entries(counts).flatMap(([type, count]) =>
    Array.from({ length: Number(count) }, () =>
      eventWith({ account, source: "mailjet", type, payload: payload(type), acceptedAt: world.clock.now() }),
    ),
  );
  const batch = [{ content: { account, events }, receives: 1 }];
  expect(await dispatcher(world, eventCounter(world))(batch, world.clock.now() + MINUTE_MS)).toEqual([true]);
}
/** Removes and answers the published events with their parsed payloads. */
function takePublished(world: MemoryWorld) {
  return world.queue.sent.splice(0).map(({ id, account, type, payload }) => ({
    id,
    account,
    type,
    payload: JSON.parse(Buffer.from(payload).toString()),
  }));
}
const publishedTo = (world: MemoryWorld) =>
  takePublished(world).map(({ account, payload: { destination } }) => `${account} ${destination}`);

describe("a failure rate above the limit", () => {
  it("an exceeded failure rate is published once to the account and the operator", async () => {
    const world = memoryWorld();
    await send(world, { sent: 35 });
    world.clock.move(5 * MINUTE_MS);
    await send(world, { blocked: 45 });
    await send(world, { sent: 100 }, "other");
    world.clock.move(5 * MINUTE_MS);
    expect(takePublished(world)).toEqual([]);
    await send(world, { bounce: 20 });
    await send(world, { bounce: 1 }, "other");
    const first = takePublished(world);
    expect(first.map(({ account, payload: { destination } }) => [account, destination])).toEqual([
      ["acme", null],
      ["operator", null],
    ]);
    expect(first[0]).toMatchObject({
      type: "rappel.failure_rate.exceeded",
      payload: {
        account: "acme",
        source: "mailjet",
        destination: null,
        failureRate: 0.65,
        limit: 0.6,
        delivered: 35,
        undelivered: 65,
        from: "2026-11-21T11:55:00.000Z",
        to: "2026-11-21T12:10:00.000Z",
      },
    });
    await send(world, { bounce: 20 });
    expect(takePublished(world)).toEqual([]);
  });

  it.each<[string, readonly Batch[]]>([
    ["undelivered first", [{ blocked: 45 }, { bounce: 20 }, { sent: 35 }]],
    ["delivered first", [{ sent: 35 }, { blocked: 45 }, { bounce: 20 }]],
    [
      "mixed",
      [
        { sent: 20, bounce: 10 },
        { blocked: 45, sent: 10 },
        { bounce: 10, sent: 5 },
      ],
    ],
  ])("an exceeded failure rate is published for events in any order: %s", async (_, batches) => {
    const world = memoryWorld();
    for (const batch of batches) {
      await send(world, batch);
      world.clock.move(4 * MINUTE_MS);
    }
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
  });

  it("an exceeded failure rate is published again after it was at or below the limit", async () => {
    const world = memoryWorld();
    await send(world, { sent: 35, blocked: 45, bounce: 20 });
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
    world.clock.move(MINUTE_MS);
    await send(world, { sent: 100, bounce: 1 });
    world.clock.move(MINUTE_MS);
    await send(world, { bounce: 300 });
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
  });

  it("an exceeded failure rate is published again if it was last exceeded more than 15 minutes ago", async () => {
    const world = memoryWorld();
    const all = { sent: 35, blocked: 45, bounce: 20 };
    await send(world, all);
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
    world.clock.move(15 * MINUTE_MS);
    await send(world, all);
    expect(publishedTo(world)).toEqual([]);
    world.clock.move(17 * MINUTE_MS);
    await send(world, all);
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
  });

  it("an exceeded failure rate of a single domain is published for that domain", async () => {
    const world = memoryWorld();
    await send(world, { sent: 1_000 });
    await send(world, { blocked: 100 }, "acme", "closed.example");
    expect(publishedTo(world)).toEqual(["acme closed.example", "operator closed.example"]);
  });

  it("an exceeded failure rate is published for any position of the five-minute windows", async () => {
    for (let offsetMinutes = 0; offsetMinutes < 5; offsetMinutes++) {
      const world = memoryWorld();
      world.clock.move(offsetMinutes * MINUTE_MS);
      await send(world, { sent: 35 });
      world.clock.move(7 * MINUTE_MS);
      await send(world, { blocked: 45 });
      world.clock.move(8 * MINUTE_MS - 1);
      await send(world, { bounce: 20 });
      expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
    }
  });

  it("a failure rate that exceeds the limit only over a longer time is not published", async () => {
    const world = memoryWorld();
    await send(world, { sent: 35 });
    await send(world, { blocked: 45 });
    world.clock.move(20 * MINUTE_MS);
    await send(world, { bounce: 20 });
    expect(takePublished(world)).toEqual([]);
  });
});

describe("a crash between setting the alert state and publishing", () => {
  it("the next function publishes the same event after a crash", async () => {
    const world = memoryWorld();
    const { send: queue } = world.queue;
    const ids: string[] = [];
    world.queue.send = async (events) => {
      ids.push(...events.map(({ id }) => id));
      throw new Error("killed");
    };
    await send(world, { blocked: 100 });
    world.queue.send = queue;
    world.clock.move(MINUTE_MS);
    await send(world, { blocked: 1 });
    const again = takePublished(world);
    expect(again.map(({ id }) => id)).toEqual([ids[0], ids[0]]);
    expect(again.map(({ account }) => account)).toEqual(["acme", "operator"]);
    await send(world, { blocked: 1 });
    expect(takePublished(world)).toEqual([]);
  });
});

describe("two functions that exceed the limit at the same time", () => {
  it("two concurrent functions publish the same event", async () => {
    const world = memoryWorld();
    const clock = memoryClock(world.clock.now() + 700);
    await Promise.all([send(world, { blocked: 100 }), send({ ...world, clock }, { bounce: 100 })]);
    const ofAccount = takePublished(world).filter(
      ({ account, payload: { destination } }) => account === "acme" && destination === null,
    );
    expect(new Set(ofAccount.map(({ id }) => id)).size).toBe(1);
  });
});
