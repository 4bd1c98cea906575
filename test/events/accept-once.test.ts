import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { acceptEvents, acceptOnce, acceptRequest, type OwnedEvent } from "../../lambdas/events/accept-events.ts";
import { sha256 } from "../../lambdas/events/model/idempotency.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { endpointWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const sent = (count: number, more: Partial<OwnedEvent> = {}): OwnedEvent[] =>
  Array.from({ length: count }, (_, n) => ({ account: "acme", type: "t", payload: Buffer.from(String(n)), ...more }));
const keyOf = (events: readonly OwnedEvent[], key = "k") => ({
  owner: "acme",
  key,
  hash: sha256(...events.map(({ payload }) => payload)),
});
const once = (world: MemoryWorld, events: readonly OwnedEvent[], key = "k") =>
  acceptOnce(world, keyOf(events, key), "api", events);
const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id);
const REQUEST_MS = LIMITS.requestSeconds * 1_000;

describe("a request with an Idempotency-Key", () => {
  it("is done once: its repeat gets the first answer, and queues nothing", async () => {
    const world = memoryWorld();
    const events = sent(3);
    const first = await once(world, events);
    world.clock.move(60_000);
    const second = await once(world, events);
    expect([first.isReplay, second.isReplay]).toEqual([false, true]);
    expect(idsOf(second.events)).toEqual(idsOf(first.events));
    expect(idsOf(world.queue.sent)).toEqual(idsOf(first.events));
  });

  it("is refused where another was sent under the same key", async () => {
    const world = memoryWorld();
    await once(world, sent(1));
    await expect(once(world, sent(2))).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect(world.queue.sent).toHaveLength(1);
  });

  it("is asked to wait while the first is under way, and told for how long", async () => {
    const world = memoryWorld();
    const { send } = world.queue;
    world.queue.send = () => new Promise<never>(() => undefined);
    void once(world, sent(1));
    await new Promise((resolve) => setImmediate(resolve));
    world.queue.send = send.bind(world.queue);
    world.clock.move(10_000);
    await expect(once(world, sent(1))).rejects.toMatchObject({ code: "REQUEST_IN_PROGRESS", retryAfterSeconds: 20 });
  });

  it("can be sent again at once where the first was answered with an error", async () => {
    const world = memoryWorld();
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("the queue is ill"));
    await expect(once(world, sent(1))).rejects.toThrow("the queue is ill");
    world.queue.send = send.bind(world.queue);
    expect((await once(world, sent(1))).isReplay).toBe(false);
    expect(world.queue.sent).toHaveLength(1);
  });

  it("is answered with the same ids for as long as it is remembered, also those that its events had before", async () => {
    const world = memoryWorld();
    const named = sent(2, { eventId: "order-7" }).slice(0, 1);
    await acceptEvents(world, "api", named);
    world.clock.move(20 * 3_600_000);
    const first = await once(world, named);
    world.clock.move(5 * 3_600_000);
    const replay = await once(world, named);
    expect(replay.isReplay).toBe(true);
    expect(idsOf(replay.events)).toEqual(idsOf(first.events));
  });

  it("of an account that was deleted is none of the one that was made anew", async () => {
    const world = memoryWorld();
    const sending = { events: sent(1, { eventId: "order-7" }), idempotency: { owner: "acme", key: "k", hash: "h" } };
    const first = await acceptRequest(world, "api", sending);
    world.clock.move(120_000);
    const since = world.clock.now() - 60_000;
    const second = await acceptRequest(world, "api", { ...sending, sinceOf: () => since });
    expect(second.isReplay).toBe(false);
    expect(idsOf(second.events)).not.toEqual(idsOf(first.events));
    expect(world.queue.sent).toHaveLength(2);
  });

  it("is a new one after a day", async () => {
    const world = memoryWorld();
    const first = await once(world, sent(1));
    world.clock.move(LIMITS.idempotencySeconds * 1_000 + 1);
    const second = await once(world, sent(1));
    expect(second.isReplay).toBe(false);
    expect(idsOf(second.events)).not.toEqual(idsOf(first.events));
  });

  it("belongs to its own account", async () => {
    const world = memoryWorld();
    await once(world, sent(1));
    const other = sent(1, { account: "globex" });
    expect((await acceptOnce(world, { ...keyOf(other), owner: "globex" }, "api", other)).isReplay).toBe(false);
  });

  it("gives the same ids however often it dies, and each event is delivered once", async () => {
    const step = fc.constantFrom("claim", "takeUp", "send", "complete", "claimEventId", "none");
    const death = fc.record({ step, isDone: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(death, { maxLength: 6 }), fc.boolean(), async (deaths, isNamed) => {
        const world = memoryWorld();
        const endpoint = endpointWith({});
        await world.endpoints.add(endpoint, newState(endpoint.id, "acme", 0));
        const events = sent(3).map((event, n) => (isNamed ? { ...event, eventId: `mine-${n}` } : event));
        let answer: string[] | undefined;
        for (const dying of [...deaths, undefined]) {
          world.clock.move(REQUEST_MS + 1);
          const mortal = dying === undefined ? world : dyingAt(world, dying);
          const ids = await once(mortal, events).then(
            (done) => idsOf(done.events),
            () => undefined,
          );
          if (ids !== undefined && answer !== undefined) expect(ids).toEqual(answer);
          answer ??= ids;
        }
        expect(answer).toHaveLength(3);
        expect(new Set(idsOf(world.queue.sent))).toEqual(new Set(answer));
        // However many copies the deaths have queued, dispatch one after the other sends each event once.
        const dispatch = dispatcher(world);
        for (const [i, event] of world.queue.sent.entries()) {
          const isAgain = world.queue.sent.findIndex(({ id }) => id === event.id) < i;
          const content = { account: "acme", events: [event], ...(isAgain && { isAgain: true }) };
          await dispatch([{ content, receives: 1 }], world.clock.now() + 60_000);
        }
        expect(world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"]).sort()).toEqual(
          [...(answer ?? [])].sort(),
        );
      }),
      { numRuns: 200 },
    );
  });
});

/** The world as a function sees it that dies at a step: before it is done, or after. */
function dyingAt(world: MemoryWorld, { step, isDone }: { step: string; isDone: boolean }): MemoryWorld {
  const mortal =
    <A extends unknown[], T>(name: string, act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (name !== step) return act(...args);
      if (isDone) await act(...args);
      throw new Error(`died at ${name}`);
    };
  const { claims, queue } = world;
  return {
    ...world,
    claims: {
      claim: mortal("claim", claims.claim),
      takeUp: mortal("takeUp", claims.takeUp),
      complete: mortal("complete", claims.complete),
      claimEventId: mortal("claimEventId", claims.claimEventId),
      forgetEventIds: claims.forgetEventIds,
      release: claims.release,
    },
    queue: { ...queue, sent: queue.sent, send: mortal("send", queue.send.bind(queue)) },
  };
}

describe("an event of the producer's own id", () => {
  it("that is sent again within seconds comes out of the queue behind the first one's attempts", async () => {
    const world = memoryWorld();
    const delays: (number | undefined)[] = [];
    const { send } = world.queue;
    world.queue.send = (events, isAgain, delayMs) => {
      delays.push(isAgain === true ? delayMs : undefined);
      return send.call(world.queue, events, isAgain);
    };
    const events = sent(1, { eventId: "order-7" });
    await acceptEvents(world, "api", events);
    world.clock.move(2_000);
    await acceptEvents(world, "api", events);
    world.clock.move(100_000);
    await acceptEvents(world, "api", events);
    expect(delays).toEqual([undefined, 58_000, 0]);
  });

  it("whose first request failed can be sent with other content a quarter of an hour later", async () => {
    const world = memoryWorld();
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("the queue is ill"));
    const build = (text: string) => sent(1, { eventId: "order-7", payload: Buffer.from(text) });
    await expect(acceptEvents(world, "api", build("1"))).rejects.toThrow("the queue is ill");
    world.queue.send = send.bind(world.queue);
    await expect(acceptEvents(world, "api", build("2"))).rejects.toMatchObject({ code: "EVENT_ID_IN_USE" });
    world.clock.move(LIMITS.notYetLoggedSeconds * 1_000 + 1);
    const [taken] = await acceptEvents(world, "api", build("2"));
    expect(world.queue.sent.map(({ id }) => id)).toEqual([taken?.id]);
    expect((await acceptEvents(world, "api", build("2")))[0]?.id).toBe(taken?.id);
  });

  it("that is sent again within a day gets the id that it was given first, and is not queued again once it is logged", async () => {
    const world = memoryWorld();
    const events = sent(1, { eventId: "order-7" });
    const [first] = await acceptEvents(world, "api", events);
    await dispatcher(world)(
      [{ content: { account: "acme", events: world.queue.sent }, receives: 1 }],
      world.clock.now() + 60_000,
    );
    world.clock.move(60_000);
    const [second] = await acceptEvents(world, "api", events);
    expect(second?.id).toBe(first?.id);
    expect(world.queue.sent).toHaveLength(1);
  });

  it("that is sent again before it is logged is queued again under the first id: its first request may have died", async () => {
    const world = memoryWorld();
    const events = sent(1, { eventId: "order-7" });
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("died here"));
    await expect(acceptEvents(world, "api", events)).rejects.toThrow("died here");
    world.queue.send = send.bind(world.queue);
    world.clock.move(5_000);
    const [event] = await acceptEvents(world, "api", events);
    expect(idsOf(world.queue.sent)).toEqual([event?.id]);
  });

  it("that names two events at the same moment is refused: one id has one content", async () => {
    const world = memoryWorld();
    await acceptEvents(world, "api", sent(1, { eventId: "order-7" }));
    const other = sent(1, { eventId: "order-7", payload: Buffer.from('"other"') });
    await expect(acceptEvents(world, "api", other)).rejects.toMatchObject({ code: "EVENT_ID_IN_USE" });
  });

  it("that stands twice in one request is one event", async () => {
    const world = memoryWorld();
    const [event] = sent(1, { eventId: "order-7" });
    const accepted = await acceptEvents(world, "api", event === undefined ? [] : [event, event]);
    expect(new Set(idsOf(accepted)).size).toBe(1);
    expect(world.queue.sent).toHaveLength(1);
  });
});
