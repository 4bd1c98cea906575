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

/** Dispatches so many of Mailjet's events as one batch. */
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
/** What was told since the last look: to whom, and of what. */
function told(world: MemoryWorld) {
  return world.queue.sent.splice(0).map(({ id, account, type, payload }) => ({
    id,
    account,
    type,
    told: JSON.parse(Buffer.from(payload).toString()),
  }));
}
const publishedTo = (world: MemoryWorld) =>
  told(world).map(({ account, told: { destination } }) => `${account} ${destination}`);

describe("45 blocked, 20 bounced and 35 sent within 15 minutes", () => {
  it("are told to their account and the operator's, once", async () => {
    const world = memoryWorld();
    await send(world, { sent: 35 });
    world.clock.move(5 * MINUTE_MS);
    await send(world, { blocked: 45 });
    await send(world, { sent: 100 }, "other");
    world.clock.move(5 * MINUTE_MS);
    expect(told(world)).toEqual([]);
    await send(world, { bounce: 20 });
    await send(world, { bounce: 1 }, "other");
    const first = told(world);
    expect(first.map(({ account, told: { destination } }) => [account, destination])).toEqual([
      ["acme", null],
      ["operator", null],
    ]);
    expect(first[0]).toMatchObject({
      type: "rappel.failure_rate.exceeded",
      told: {
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
    expect(told(world)).toEqual([]);
  });

  it.each<[string, readonly Batch[]]>([
    ["first those that did not arrive", [{ blocked: 45 }, { bounce: 20 }, { sent: 35 }]],
    ["first those that did", [{ sent: 35 }, { blocked: 45 }, { bounce: 20 }]],
    [
      "all mixed",
      [
        { sent: 20, bounce: 10 },
        { blocked: 45, sent: 10 },
        { bounce: 10, sent: 5 },
      ],
    ],
  ])("are told in whatever order they come: %s", async (_, batches) => {
    const world = memoryWorld();
    for (const batch of batches) {
      await send(world, batch);
      world.clock.move(4 * MINUTE_MS);
    }
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
  });

  it("are told again once the share has been at the limit or under it", async () => {
    const world = memoryWorld();
    await send(world, { sent: 35, blocked: 45, bounce: 20 });
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
    world.clock.move(MINUTE_MS);
    await send(world, { sent: 100, bounce: 1 });
    world.clock.move(MINUTE_MS);
    await send(world, { bounce: 300 });
    expect(publishedTo(world)).toEqual(["acme null", "operator null"]);
  });

  it("are told again when they come again more than a quarter of an hour after they were last seen", async () => {
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

  it("are told of the one domain that refuses them, where all others take them", async () => {
    const world = memoryWorld();
    await send(world, { sent: 1_000 });
    await send(world, { blocked: 100 }, "acme", "closed.example");
    expect(publishedTo(world)).toEqual(["acme closed.example", "operator closed.example"]);
  });

  it("are told wherever the borders of the windows of five minutes lie", async () => {
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

  it("are nothing to tell when they are spread over a longer time", async () => {
    const world = memoryWorld();
    await send(world, { sent: 35 });
    await send(world, { blocked: 45 });
    world.clock.move(20 * MINUTE_MS);
    await send(world, { bounce: 20 });
    expect(told(world)).toEqual([]);
  });
});

describe("a function that dies between latching and telling", () => {
  it("leaves it to the next, which tells the same event", async () => {
    const world = memoryWorld();
    const { send: queue } = world.queue;
    const ids: string[] = [];
    world.queue.send = async (events) => {
      ids.push(...events.map(({ id }) => id));
      throw new Error("gone");
    };
    await send(world, { blocked: 100 });
    world.queue.send = queue;
    world.clock.move(MINUTE_MS);
    await send(world, { blocked: 1 });
    const again = told(world);
    expect(again.map(({ id }) => id)).toEqual([ids[0], ids[0]]);
    expect(again.map(({ account }) => account)).toEqual(["acme", "operator"]);
    await send(world, { blocked: 1 });
    expect(told(world)).toEqual([]);
  });
});

describe("two functions that see it at the same moment", () => {
  it("tell one event", async () => {
    const world = memoryWorld();
    const clock = memoryClock(world.clock.now() + 700);
    await Promise.all([send(world, { blocked: 100 }), send({ ...world, clock }, { bounce: 100 })]);
    const own = told(world).filter(({ account, told: { destination } }) => account === "acme" && destination === null);
    expect(new Set(own.map(({ id }) => id)).size).toBe(1);
  });
});
