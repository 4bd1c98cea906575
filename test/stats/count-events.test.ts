import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { retryRoundsRunner } from "../../lambdas/retry/run-retry-round.ts";
import { eventCounter } from "../../lambdas/stats/count-events.ts";
import { countingFinalOutcomes } from "../../lambdas/stats/count-final-outcomes.ts";
import { WINDOW_MS } from "../../lambdas/stats/model/counters.ts";
import { endpointCounts } from "../../lambdas/stats/model/endpoint-counters.ts";
import { readStats } from "../../lambdas/stats/read-stats.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const YEAR_10000 = 253_402_300_800_000;
const HOUR_MS = 3_600_000;
const email = (type: string, address: string, account = "acme") =>
  eventWith({
    account,
    source: "mailjet",
    type,
    payload: Buffer.from(JSON.stringify({ event: type, email: address })),
  });

async function worldWith(...urls: readonly string[]): Promise<MemoryWorld> {
  const world = memoryWorld(({ url }) => ({ status: url.includes("failing") ? 500 : 200 }));
  for (const url of urls) {
    const endpoint = endpointWith({ url, eventTypes: ["*"] });
    await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, world.clock.now()));
  }
  return world;
}
const dispatch = (world: MemoryWorld, ...events: readonly ReturnType<typeof eventWith>[]) => {
  const messages = [...Map.groupBy(events, ({ account }) => account)];
  return dispatcher(world, eventCounter(world))(
    messages.map(([account, accountEvents]) => ({ content: { account, events: accountEvents }, receives: 1 })),
    world.clock.now() + 60_000,
  );
};
const allCounted = async (world: MemoryWorld, kind: "events" | "emails", account = "acme") =>
  (await readStats(world, account, { kind, intervalMs: HOUR_MS, from: world.clock.now(), to: world.clock.now() + 1 }))
    .intervals[0]?.counts ?? {};
/** Without the counters of single endpoints. */
const counted = async (...args: Parameters<typeof allCounted>) =>
  Object.fromEntries(Object.entries(await allCounted(...args)).filter(([name]) => !name.startsWith("ep.")));

describe("counting dispatched events", () => {
  it("a batch is counted with one update per account, and one more for e-mails", async () => {
    const world = await worldWith("https://example.com/healthy", "https://example.com/failing");
    const updates: string[] = [];
    const { add } = world.stats;
    world.stats.add = (...args) => {
      updates.push(`${args[1]} ${args[0]}`);
      return add(...args);
    };
    await dispatch(world, email("sent", "a@b.example"), email("bounce", "a@b.example"), eventWith({ type: "order" }));
    await dispatch(world, eventWith({ type: "order" }), email("open", "a@b.example", "other"));
    expect(updates.sort()).toEqual(["acme emails", "acme events", "acme events", "other events"]);
    expect(await counted(world, "events")).toEqual({
      "type#sent": 1,
      "type#bounce": 1,
      "type#order": 2,
      "outcome#delivered": 4,
      "outcome#failed": 4,
    });
    expect(await counted(world, "emails")).toEqual({
      "mailjet#delivered#b.example": 1,
      "mailjet#undelivered#b.example": 1,
    });
    expect(await counted(world, "events", "other")).toEqual({ "type#open": 1, "outcome#unmatched": 1 });
  });

  it("an event is counted once even if its message is received several times", async () => {
    const world = await worldWith("https://example.com/healthy");
    const event = eventWith({ type: "order" });
    const received = (receives: number) => [{ content: { account: "acme", events: [event] }, receives }];
    const run = dispatcher(world, eventCounter(world));
    await run(received(1), world.clock.now() + 60_000);
    await run(received(2), world.clock.now() + 60_000);
    expect(await counted(world, "events")).toEqual({ "type#order": 1, "outcome#delivered": 1 });
    // Two concurrent copies: neither finds the event in the log.
    const twice = eventWith({ type: "twice" });
    const copy = [{ content: { account: "acme", events: [twice] }, receives: 1 }];
    await Promise.all([run(copy, world.clock.now() + 60_000), run(copy, world.clock.now() + 60_000)]);
    expect((await counted(world, "events"))["type#twice"]).toBe(1);
  });

  it("a batch is acknowledged even if it cannot be counted, and that is reported", async () => {
    const world = await worldWith("https://example.com/healthy");
    const lost: string[] = [];
    world.report.countsLost = (account) => void lost.push(account);
    world.stats.add = async () => Promise.reject(new Error("throttled"));
    expect(await dispatch(world, eventWith())).toEqual([true]);
    expect(lost).toEqual(["acme"]);
  });

  it("a window counts as many types by name as its limit, over all batches", async () => {
    const world = await worldWith();
    const run = dispatcher(world, eventCounter(world));
    const send = (...types: readonly string[]) =>
      run(
        [{ content: { account: "acme", events: types.map((type) => eventWith({ type })) }, receives: 1 }],
        world.clock.now() + 60_000,
      );
    await send(...Array.from({ length: 20 }, (_, n) => `first${n}`));
    await send(...Array.from({ length: 20 }, (_, n) => `second${n}`));
    const counts = await counted(world, "events");
    expect(Object.keys(counts).filter((name) => name.startsWith("type#"))).toHaveLength(31);
    expect(counts["type#*"]).toBe(10);
    world.clock.move(WINDOW_MS);
    await send("first0");
    expect((await counted(world, "events"))["type#first0"]).toBe(1);
  });
});

describe("counting final outcomes", () => {
  it("a pending delivery is counted again when it ends, in one update and only once", async () => {
    let isUp = false;
    const world = memoryWorld(() => ({ status: isUp ? 200 : 500 }));
    const endpoint = endpointWith({ url: "https://example.com/", eventTypes: ["*"] });
    await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, world.clock.now()));
    const events = [eventWith({ type: "order" }), eventWith({ type: "order" })];
    await dispatch(world, ...events);
    expect(await counted(world, "events")).toEqual({ "type#order": 2, "outcome#failed": 2 });
    isUp = true;
    let updates = 0;
    const { add } = world.stats;
    world.stats.add = (...args) => {
      updates++;
      return add(...args);
    };
    const run = countingFinalOutcomes(world, retryRoundsRunner);
    world.clock.move(60_000);
    const wake = world.wakes.at(-1);
    if (wake === undefined) throw new Error("No wake-up was scheduled");
    for (let times = 0; times < 2; times++)
      expect(await run([{ content: wake }], world.clock.now() + 60_000)).toEqual([true]);
    expect(updates).toBe(1);
    expect(await counted(world, "events")).toEqual({
      "type#order": 2,
      "outcome#failed": 2,
      "outcome#deliveredLater": 2,
    });
    const byEndpoint = endpointCounts(await allCounted(world, "events"));
    expect(byEndpoint.get(endpoint.id)).toMatchObject({ delivered: 0, failed: 2, deliveredLater: 2 });
  });

  it("each endpoint's deliveries are counted, with the time of the receiver's responses", async () => {
    let tookMs = 0;
    const world = memoryWorld(() => ({ status: 200, tookMs }));
    const endpoint = endpointWith({ url: "https://example.com/", eventTypes: ["*"] });
    await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, world.clock.now()));
    for (const ms of [...Array<number>(19).fill(80), 700]) {
      tookMs = ms;
      await dispatch(world, eventWith());
    }
    const counts = endpointCounts(await allCounted(world, "events")).get(endpoint.id);
    expect(counts).toMatchObject({ delivered: 20, failed: 0 });
    expect(counts?.p50Ms).toBeGreaterThan(50);
    expect(counts?.p50Ms).toBeLessThanOrEqual(100);
    expect(counts?.p95Ms).toBeLessThanOrEqual(100); // 19 of 20
  });

  it("an outcome is not counted if another function recorded it first or the delivery was moved", async () => {
    const world = memoryWorld();
    const { id: eventId, acceptedAt } = eventWith();
    const ended = {
      endpoint: "ep_1",
      account: "acme",
      eventId,
      type: "order",
      status: "exhausted",
      endedAt: acceptedAt,
      keptUntil: acceptedAt + HOUR_MS,
      attempts: [],
    } as const;
    const moved = { ...ended, endpoint: "ep_2", status: "cancelled", reason: "moved" } as const;
    const run = countingFinalOutcomes(world, ({ deliveries }) => async () => {
      for (const outcome of [ended, { ...ended, status: "delivered" as const }, moved])
        await deliveries.recordOutcome(outcome);
    });
    await run();
    expect(await counted(world, "events")).toEqual({ "outcome#exhausted": 1 });
  });

  it("counters are kept for the retention of the account", async () => {
    const world = await worldWith("https://example.com/healthy");
    const kept: number[] = [];
    world.stats.add = async (_kind, _account, { at }, keptUntil) => {
      kept.push((keptUntil - at) / (24 * HOUR_MS));
      return { counts: {}, writes: 1, units: 1, shards: 1 };
    };
    await dispatch(world, eventWith({ acceptedAt: world.clock.now() - 20 * 24 * HOUR_MS }));
    expect(kept).toEqual([30]);
  });
});

describe("reading statistics", () => {
  it("statistics begin and end at whole intervals of UTC, and cover the last day by default", async () => {
    const world = memoryWorld();
    world.clock.move(123_456);
    const { from, to, intervals } = await readStats(world, "acme", { kind: "events", intervalMs: HOUR_MS });
    expect([from % HOUR_MS, to % HOUR_MS, to - from, intervals.length]).toEqual([0, 0, 25 * HOUR_MS, 25]);
    expect(to).toBeGreaterThan(world.clock.now());
  });

  it.each<[string, object, string | undefined]>([
    ["500 intervals", { from: 0, to: 500 * WINDOW_MS, intervalMs: WINDOW_MS }, undefined],
    ["501 intervals", { from: 0, to: 501 * WINDOW_MS, intervalMs: WINDOW_MS }, "?interval"],
    ["31 days", { from: 0, to: 31 * 24 * HOUR_MS, intervalMs: 24 * HOUR_MS }, undefined],
    ["33 days", { from: 0, to: 33 * 24 * HOUR_MS, intervalMs: 24 * HOUR_MS }, "?from"],
    ["an empty time range", { from: HOUR_MS, to: HOUR_MS, intervalMs: HOUR_MS }, "?from"],
    [
      "the last hour of the year 9999",
      { from: YEAR_10000 - HOUR_MS, to: YEAR_10000 - 1, intervalMs: WINDOW_MS },
      "?to",
    ],
    [
      "the hour before that",
      { from: YEAR_10000 - 2 * HOUR_MS, to: YEAR_10000 - HOUR_MS, intervalMs: HOUR_MS },
      undefined,
    ],
    ["an end before the start", { from: 2 * HOUR_MS, to: HOUR_MS, intervalMs: HOUR_MS }, "?from"],
  ])("statistics over %s are answered or refused for %3$s", async (_, query, pointer) => {
    const answer = readStats(memoryWorld(), "acme", { kind: "events", intervalMs: HOUR_MS, ...query });
    if (pointer === undefined) expect((await answer).intervals.length).toBeGreaterThan(0);
    else await expect(answer).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer }] });
  });
});
