import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { grouped, idsOf, SECOND_MS } from "./grouped-posts.ts";
import { lifeOf } from "./rounds.ts";

describe("a poisonous event in a group", () => {
  it.each([
    ["mailjet", 400],
    [[{ times: 5, everyMs: 10_000 }], 500],
  ] as const)("ends alone, and all others arrive: schedule %j, answered %i", async (retrySchedule, status) => {
    const arrived: string[] = [];
    let poison = "";
    const world = memoryWorld((webhook) => {
      const ids = idsOf(webhook);
      if (ids.includes(poison)) return { status, tookMs: 0 };
      arrived.push(...ids);
      return { status: 200, tookMs: 0 };
    });
    const life = await lifeOf(world, { ...grouped, retrySchedule });
    const sent = (await life.send(100)).map(({ id }) => id);
    poison = sent[42] ?? "";
    for (let rounds = 0; rounds < 200 && (await life.waiting()).length > 0; rounds++) {
      await life.wake();
      // Others come meanwhile, and arrive: the URL is well.
      if (rounds < 150) sent.push(...(await life.send(2)).map(({ id }) => id));
    }
    expect(arrived.toSorted()).toEqual(sent.filter((id) => id !== poison).toSorted());
    const [word] = await world.deliveries.ended([{ endpoint: life.endpoint.id, eventId: poison }]);
    expect(word).toMatchObject({ status: "exhausted", reason: "schedule" });
    const last = world.webhookClient.ledger.filter((post) => idsOf(post).includes(poison)).at(-1);
    expect(last && idsOf(last)).toEqual([poison]);
    const exhausted = await world.deliveries.ended(sent.map((eventId) => ({ endpoint: life.endpoint.id, eventId })));
    expect(exhausted.filter((end) => end.status === "exhausted")).toHaveLength(1);
  });

  it("does not take those with it that came with it, where nothing else comes", async () => {
    const arrived: string[] = [];
    let poison = "";
    const world = memoryWorld((webhook) => {
      if (idsOf(webhook).includes(poison)) return { status: 400, tookMs: 0 };
      arrived.push(...idsOf(webhook));
      return { status: 200, tookMs: 0 };
    });
    const life = await lifeOf(world, grouped);
    const sent = (await life.send(64)).map(({ id }) => id);
    poison = sent[0] ?? "";
    for (let rounds = 0; rounds < 100 && (await life.waiting()).length > 1; rounds++) await life.wake();
    expect(arrived.toSorted()).toEqual(sent.filter((id) => id !== poison).toSorted());
  });
});

describe("a receiver that takes only so much at once", () => {
  it("is sent halves of what it answers 413, at once, and nothing counts as its failure", async () => {
    const world = memoryWorld(({ body }) => ({ status: body.length > 1_000 ? 413 : 200, tookMs: 10 }));
    const life = await lifeOf(world, grouped);
    const sent = (await life.send(100)).map(({ id }) => id); // some 24 bytes each
    await life.wake();
    const taken = world.webhookClient.ledger.filter(({ body }) => body.length <= 1_000);
    expect(taken.flatMap(idsOf).toSorted()).toEqual(sent.toSorted());
    expect(world.webhookClient.ledger).toHaveLength(6); // 1 refused, 1 refused, 4 taken: what is too much is tried once
    expect(await life.state()).toMatchObject({ status: "active", streak: 0 });
    const [first = ""] = sent.toSorted(); // in the half that is refused once more
    const [word] = await world.deliveries.ended([{ endpoint: life.endpoint.id, eventId: first }]);
    expect(word?.attempts.map(({ answer }) => answer?.status)).toEqual([413, 413, 200]);
  });

  it("is sent no more POSTs a second than its release rate, halves included", async () => {
    const at: number[] = [];
    const world = memoryWorld(({ body }) => {
      at.push(world.clock.now());
      return { status: body.length > 30 ? 413 : 200, tookMs: 0 };
    });
    const life = await lifeOf(world, { ...grouped, releaseRate: 2 });
    await life.send(16);
    await life.wake();
    expect(at.length).toBeGreaterThanOrEqual(16);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual((at.length - 2) * 500);
  });

  it("fails like any other where it answers 413 to a single event", async () => {
    const world = memoryWorld(() => ({ status: 413, tookMs: 0 }));
    const life = await lifeOf(world, grouped);
    await life.send(4);
    await life.wake();
    expect(world.webhookClient.ledger.map((post) => idsOf(post).length).toSorted()).toEqual([1, 1, 1, 1, 2, 4]);
    expect((await life.waiting()).map(({ failures }) => failures)).toEqual([1, 1, 1, 1]);
  });
});

describe("a grouped endpoint whose receiver fails and mends", () => {
  it("loses nothing and gets nothing twice", async () => {
    const arrived: string[] = [];
    let isWell = false;
    const world = memoryWorld((webhook) => {
      if (!isWell) return { status: 503, tookMs: 0 };
      arrived.push(...idsOf(webhook));
      return { status: 200, tookMs: 0 };
    });
    const life = await lifeOf(world, grouped);
    const sent: string[] = [];
    for (let second = 0; second < 400; second++) {
      if (second < 300) sent.push(...(await life.send(3)).map(({ id }) => id));
      isWell = second > 200;
      world.clock.move(SECOND_MS);
      const { wakeAt } = await life.state();
      if (wakeAt !== undefined && wakeAt <= world.clock.now()) await life.wake();
    }
    for (let rounds = 0; rounds < 20 && (await life.waiting()).length > 0; rounds++) await life.wake();
    expect(arrived.toSorted()).toEqual(sent.toSorted());
    expect((await life.state()).status).toBe("active");
  });

  it("waits for no group once it has been suspended for long", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const life = await lifeOf(world, grouped);
    await life.send();
    await life.wake();
    expect((await life.state()).status).toBe("suspended");
    world.clock.move(4 * 86_400_000);
    const event = eventWith({ account: life.endpoint.account, acceptedAt: world.clock.now() });
    const content = { account: life.endpoint.account, events: [event] };
    await dispatcher(world)([{ content, receives: 1 }], world.clock.now() + 60_000);
    const logged = (await world.log.find(event.account, [event.id])).get(event.id);
    expect(Object.keys(logged?.withheld ?? {})).toEqual([life.endpoint.id]);
  });
});
