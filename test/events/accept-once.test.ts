import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { acceptEvents, acceptOnce, acceptRequest, type OwnedEvent } from "../../lambdas/events/accept-events.ts";
import { sha256 } from "../../lambdas/events/model/idempotency.ts";
import { shardOf } from "../../lambdas/shared/ids.ts";
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
const once = (world: Parameters<typeof acceptOnce>[0], events: readonly OwnedEvent[], key = "k") =>
  acceptOnce(world, keyOf(events, key), "api", events);
const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id);
const REQUEST_MS = LIMITS.requestSeconds * 1_000;

describe("a request with an Idempotency-Key", () => {
  it("a repeated request gets the first answer and queues nothing", async () => {
    const world = memoryWorld();
    const events = sent(3);
    const first = await once(world, events);
    world.clock.move(60_000);
    const second = await once(world, events);
    expect([first.isReplay, second.isReplay]).toEqual([false, true]);
    expect(idsOf(second.events)).toEqual(idsOf(first.events));
    expect(idsOf(world.queue.sent)).toEqual(idsOf(first.events));
  });

  it("a repeat makes the same ids after the setting `shards` was raised", async () => {
    const world = memoryWorld();
    await once({ ...world, shards: 8 }, sent(50));
    const later = async (key: string) =>
      idsOf((await once({ ...world, shards: 64 }, sent(50), key)).events).map(shardOf);
    expect(Math.max(...(await later("k")))).toBeLessThan(8);
    expect(Math.max(...(await later("later")))).toBeGreaterThan(8);
  });

  it("a different request under the same Idempotency-Key is refused", async () => {
    const world = memoryWorld();
    await once(world, sent(1));
    await expect(once(world, sent(2))).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect(world.queue.sent).toHaveLength(1);
  });

  it("a repeated request gets Retry-After while the first one is in progress", async () => {
    const world = memoryWorld();
    const { send } = world.queue;
    world.queue.send = () => new Promise<never>(() => undefined);
    void once(world, sent(1));
    await new Promise((resolve) => setImmediate(resolve));
    world.queue.send = send.bind(world.queue);
    world.clock.move(10_000);
    await expect(once(world, sent(1))).rejects.toMatchObject({ code: "REQUEST_IN_PROGRESS", retryAfterSeconds: 20 });
  });

  it("a request can be repeated at once if the first one failed", async () => {
    const world = memoryWorld();
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("queue unavailable"));
    await expect(once(world, sent(1))).rejects.toThrow("queue unavailable");
    world.queue.send = send.bind(world.queue);
    expect((await once(world, sent(1))).isReplay).toBe(false);
    expect(world.queue.sent).toHaveLength(1);
  });

  it("a repeated request gets the same ids as long as the key is valid, also for events with older ids", async () => {
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

  it("keys and eventIds of a deleted account do not count for the account that was created after it", async () => {
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

  it("an Idempotency-Key can be used again after a day", async () => {
    const world = memoryWorld();
    const first = await once(world, sent(1));
    world.clock.move(LIMITS.idempotencySeconds * 1_000 + 1);
    const second = await once(world, sent(1));
    expect(second.isReplay).toBe(false);
    expect(idsOf(second.events)).not.toEqual(idsOf(first.events));
  });

  it("accounts can use the same Idempotency-Key independently", async () => {
    const world = memoryWorld();
    await once(world, sent(1));
    const other = sent(1, { account: "globex" });
    expect((await acceptOnce(world, { ...keyOf(other), owner: "globex" }, "api", other)).isReplay).toBe(false);
  });

  it("after any number of crashes a repeated request gets the same ids, and each event is delivered once", async () => {
    const step = fc.constantFrom("claim", "takeUp", "send", "complete", "claimEventId", "none");
    const anyCrash = fc.record({ step, isDone: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(anyCrash, { maxLength: 6 }), fc.boolean(), async (crashes, isNamed) => {
        const world = memoryWorld();
        const endpoint = endpointWith({});
        await world.endpoints.add(endpoint, newState(endpoint.id, "acme", 0));
        const events = sent(3).map((event, n) => (isNamed ? { ...event, eventId: `mine-${n}` } : event));
        let answer: string[] | undefined;
        for (const crash of [...crashes, undefined]) {
          world.clock.move(REQUEST_MS + 1);
          const crashing = crash === undefined ? world : crashingAt(world, crash);
          const ids = await once(crashing, events).then(
            (done) => idsOf(done.events),
            () => undefined,
          );
          if (ids !== undefined && answer !== undefined) expect(ids).toEqual(answer);
          answer ??= ids;
        }
        expect(answer).toHaveLength(3);
        expect(new Set(idsOf(world.queue.sent))).toEqual(new Set(answer));
        // Crashes may have queued several copies. Dispatch sends each event once.
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

/** Dependencies that crash at one step, before or after it is carried out. */
function crashingAt(world: MemoryWorld, { step, isDone }: { step: string; isDone: boolean }): MemoryWorld {
  const crashing =
    <A extends unknown[], T>(name: string, act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (name !== step) return act(...args);
      if (isDone) await act(...args);
      throw new Error(`crashed at ${name}`);
    };
  const { claims, queue } = world;
  return {
    ...world,
    claims: {
      claim: crashing("claim", claims.claim),
      takeUp: crashing("takeUp", claims.takeUp),
      complete: crashing("complete", claims.complete),
      claimEventId: crashing("claimEventId", claims.claimEventId),
      findEventId: claims.findEventId,
      forgetEventIds: claims.forgetEventIds,
      release: claims.release,
    },
    queue: { ...queue, sent: queue.sent, send: crashing("send", queue.send.bind(queue)) },
  };
}

describe("events with an eventId", () => {
  it("an event that is sent again within seconds is delayed until the first attempts are over", async () => {
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

  it("an event whose first request failed can be sent with other content after 15 minutes", async () => {
    const world = memoryWorld();
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("queue unavailable"));
    const build = (text: string) => sent(1, { eventId: "order-7", payload: Buffer.from(text) });
    await expect(acceptEvents(world, "api", build("1"))).rejects.toThrow("queue unavailable");
    world.queue.send = send.bind(world.queue);
    await expect(acceptEvents(world, "api", build("2"))).rejects.toMatchObject({ code: "EVENT_ID_IN_USE" });
    world.clock.move(LIMITS.notYetLoggedSeconds * 1_000 + 1);
    const [taken] = await acceptEvents(world, "api", build("2"));
    expect(world.queue.sent.map(({ id }) => id)).toEqual([taken?.id]);
    expect((await acceptEvents(world, "api", build("2")))[0]?.id).toBe(taken?.id);
  });

  it("an event that is sent again after it was logged gets its first id and is not queued again", async () => {
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

  it("an event that is sent again before it was logged is queued again under its first id", async () => {
    const world = memoryWorld();
    const events = sent(1, { eventId: "order-7" });
    const { send } = world.queue;
    world.queue.send = () => Promise.reject(new Error("killed"));
    await expect(acceptEvents(world, "api", events)).rejects.toThrow("killed");
    world.queue.send = send.bind(world.queue);
    world.clock.move(5_000);
    const [event] = await acceptEvents(world, "api", events);
    expect(idsOf(world.queue.sent)).toEqual([event?.id]);
  });

  it("two events with the same eventId and different content are refused", async () => {
    const world = memoryWorld();
    await acceptEvents(world, "api", sent(1, { eventId: "order-7" }));
    const other = sent(1, { eventId: "order-7", payload: Buffer.from('"other"') });
    await expect(acceptEvents(world, "api", other)).rejects.toMatchObject({ code: "EVENT_ID_IN_USE" });
  });

  it("an event that is twice in one request is queued once", async () => {
    const world = memoryWorld();
    const [event] = sent(1, { eventId: "order-7" });
    const accepted = await acceptEvents(world, "api", event === undefined ? [] : [event, event]);
    expect(new Set(idsOf(accepted)).size).toBe(1);
    expect(world.queue.sent).toHaveLength(1);
  });
});
