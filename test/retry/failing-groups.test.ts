import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";
import { grouped, idsOf, SECOND_MS } from "./grouped-posts.ts";

describe("a rejected event in a group", () => {
  it.each([
    ["mailjet", 400],
    [[{ times: 5, everyMs: 10_000 }], 500],
  ] as const)(
    "a rejected event in a group ends alone, and the others are delivered: schedule %j, answered %i",
    async (retrySchedule, status) => {
      const arrived: string[] = [];
      let rejected = "";
      const world = memoryWorld((webhook) => {
        const ids = idsOf(webhook);
        if (ids.includes(rejected)) return { status, tookMs: 0 };
        arrived.push(...ids);
        return { status: 200, tookMs: 0 };
      });
      const hook = await addEndpoint(world, { ...grouped, retrySchedule });
      const sent = (await hook.send(100)).map(({ id }) => id);
      rejected = sent[42] ?? "";
      for (let rounds = 0; rounds < 200 && (await hook.backlog()).length > 0; rounds++) {
        await hook.wake();
        // Other events are delivered meanwhile, so the URL is not failing.
        if (rounds < 150) sent.push(...(await hook.send(2)).map(({ id }) => id));
      }
      expect(arrived.toSorted()).toEqual(sent.filter((id) => id !== rejected).toSorted());
      const [outcome] = await world.deliveries.ended([{ endpoint: hook.endpoint.id, eventId: rejected }]);
      expect(outcome).toMatchObject({ status: "exhausted", reason: "schedule" });
      const last = world.webhookClient.ledger.filter((post) => idsOf(post).includes(rejected)).at(-1);
      expect(last && idsOf(last)).toEqual([rejected]);
      const exhausted = await world.deliveries.ended(sent.map((eventId) => ({ endpoint: hook.endpoint.id, eventId })));
      expect(exhausted.filter((end) => end.status === "exhausted")).toHaveLength(1);
    },
  );

  it("a rejected event does not end the others of its group if no other events arrive", async () => {
    const arrived: string[] = [];
    let rejected = "";
    const world = memoryWorld((webhook) => {
      if (idsOf(webhook).includes(rejected)) return { status: 400, tookMs: 0 };
      arrived.push(...idsOf(webhook));
      return { status: 200, tookMs: 0 };
    });
    const hook = await addEndpoint(world, grouped);
    const sent = (await hook.send(64)).map(({ id }) => id);
    rejected = sent[0] ?? "";
    for (let rounds = 0; rounds < 100 && (await hook.backlog()).length > 1; rounds++) await hook.wake();
    expect(arrived.toSorted()).toEqual(sent.filter((id) => id !== rejected).toSorted());
  });
});

describe("a receiver that limits the size of a body", () => {
  it("a group that is answered 413 is split at once, without counting as a failure", async () => {
    const world = memoryWorld(({ body }) => ({ status: body.length > 1_000 ? 413 : 200, tookMs: 10 }));
    const hook = await addEndpoint(world, grouped);
    const sent = (await hook.send(100)).map(({ id }) => id); // about 24 bytes each
    await hook.wake();
    const accepted = world.webhookClient.ledger.filter(({ body }) => body.length <= 1_000);
    expect(accepted.flatMap(idsOf).toSorted()).toEqual(sent.toSorted());
    expect(world.webhookClient.ledger).toHaveLength(6); // 1 refused, 1 refused, 4 accepted: the size that was refused is not tried again
    expect(await hook.state()).toMatchObject({ status: "active", streak: 0 });
    const [first = ""] = sent.toSorted(); // in the half that is refused again
    const [outcome] = await world.deliveries.ended([{ endpoint: hook.endpoint.id, eventId: first }]);
    expect(outcome?.attempts.map(({ answer }) => answer?.status)).toEqual([413, 413, 200]);
  });

  it("halves of a group stay within the release rate", async () => {
    const at: number[] = [];
    const world = memoryWorld(({ body }) => {
      at.push(world.clock.now());
      return { status: body.length > 30 ? 413 : 200, tookMs: 0 };
    });
    const hook = await addEndpoint(world, { ...grouped, releaseRate: 2 });
    await hook.send(16);
    await hook.wake();
    expect(at.length).toBeGreaterThanOrEqual(16);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual((at.length - 2) * 500);
  });

  it("a single event that is answered 413 counts as a failed attempt", async () => {
    const world = memoryWorld(() => ({ status: 413, tookMs: 0 }));
    const hook = await addEndpoint(world, grouped);
    await hook.send(4);
    await hook.wake();
    expect(world.webhookClient.ledger.map((post) => idsOf(post).length).toSorted()).toEqual([1, 1, 1, 1, 2, 4]);
    expect((await hook.backlog()).map(({ failures }) => failures)).toEqual([1, 1, 1, 1]);
  });
});

describe("a grouped endpoint during and after an outage", () => {
  it("a grouped endpoint gets every event exactly once after an outage", async () => {
    const arrived: string[] = [];
    let isUp = false;
    const world = memoryWorld((webhook) => {
      if (!isUp) return { status: 503, tookMs: 0 };
      arrived.push(...idsOf(webhook));
      return { status: 200, tookMs: 0 };
    });
    const hook = await addEndpoint(world, grouped);
    const sent: string[] = [];
    for (let second = 0; second < 400; second++) {
      if (second < 300) sent.push(...(await hook.send(3)).map(({ id }) => id));
      isUp = second > 200;
      world.clock.move(SECOND_MS);
      const { wakeAt } = await hook.state();
      if (wakeAt !== undefined && wakeAt <= world.clock.now()) await hook.wake();
    }
    for (let rounds = 0; rounds < 20 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
    expect(arrived.toSorted()).toEqual(sent.toSorted());
    expect((await hook.state()).status).toBe("active");
  });

  it("an endpoint that has been suspended for more than three days queues no more groups", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const hook = await addEndpoint(world, grouped);
    await hook.send();
    await hook.wake();
    expect((await hook.state()).status).toBe("suspended");
    world.clock.move(4 * 86_400_000);
    const event = eventWith({ account: hook.endpoint.account, acceptedAt: world.clock.now() });
    const content = { account: hook.endpoint.account, events: [event] };
    await dispatcher(world)([{ content, receives: 1 }], world.clock.now() + 60_000);
    const logged = (await world.log.find(event.account, [event.id])).get(event.id);
    expect(Object.keys(logged?.withheld ?? {})).toEqual([hook.endpoint.id]);
  });
});
