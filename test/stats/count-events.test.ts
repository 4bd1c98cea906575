import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { retryRoundsRunner } from "../../lambdas/retry/run-retry-round.ts";
import { eventCounter } from "../../lambdas/stats/count-events.ts";
import { countingFinalOutcomes } from "../../lambdas/stats/count-final-outcomes.ts";
import { WINDOW_MS } from "../../lambdas/stats/model/counters.ts";
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
  const world = memoryWorld(({ url }) => ({ status: url.includes("dead") ? 500 : 200 }));
  for (const url of urls) {
    const endpoint = endpointWith({ url, eventTypes: ["*"] });
    await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, world.clock.now()));
  }
  return world;
}
const dispatch = (world: MemoryWorld, ...events: readonly ReturnType<typeof eventWith>[]) => {
  const messages = [...Map.groupBy(events, ({ account }) => account)];
  return dispatcher(world, eventCounter(world))(
    messages.map(([account, some]) => ({ content: { account, events: some }, receives: 1 })),
    world.clock.now() + 60_000,
  );
};
const counted = async (world: MemoryWorld, kind: "events" | "emails", account = "acme") =>
  (await readStats(world, account, { kind, intervalMs: HOUR_MS, from: world.clock.now(), to: world.clock.now() + 1 }))
    .intervals[0]?.counts;

describe("what a batch has dispatched", () => {
  it("is counted for its account, with one update, and one more where there are e-mails", async () => {
    const world = await worldWith("https://example.com/well", "https://example.com/dead");
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

  it("is counted once, however often its message comes", async () => {
    const world = await worldWith("https://example.com/well");
    const event = eventWith({ type: "order" });
    const received = (receives: number) => [{ content: { account: "acme", events: [event] }, receives }];
    const run = dispatcher(world, eventCounter(world));
    await run(received(1), world.clock.now() + 60_000);
    await run(received(2), world.clock.now() + 60_000);
    expect(await counted(world, "events")).toEqual({ "type#order": 1, "outcome#delivered": 1 });
    // Two copies at the same moment: neither finds it in the log before.
    const twice = eventWith({ type: "twice" });
    const copy = [{ content: { account: "acme", events: [twice] }, receives: 1 }];
    await Promise.all([run(copy, world.clock.now() + 60_000), run(copy, world.clock.now() + 60_000)]);
    expect((await counted(world, "events"))?.["type#twice"]).toBe(1);
  });

  it("is settled all the same where it cannot be counted, and that is reported", async () => {
    const world = await worldWith("https://example.com/well");
    const lost: string[] = [];
    world.report.countsLost = (account) => void lost.push(account);
    world.stats.add = async () => Promise.reject(new Error("throttled"));
    expect(await dispatch(world, eventWith())).toEqual([true]);
    expect(lost).toEqual(["acme"]);
  });

  it("names as many types as a window has room for, over all batches, and more in the next window", async () => {
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
    expect(Object.keys(counts ?? {}).filter((name) => name.startsWith("type#"))).toHaveLength(31);
    expect(counts?.["type#*"]).toBe(10);
    world.clock.move(WINDOW_MS);
    await send("first0");
    expect((await counted(world, "events"))?.["type#first0"]).toBe(1);
  });
});

describe("what had waited", () => {
  it("is counted once more when it ends, with one update, and not when another has ended it", async () => {
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
    if (wake === undefined) throw new Error("Nobody promised a round");
    for (let times = 0; times < 2; times++)
      expect(await run([{ content: wake }], world.clock.now() + 60_000)).toEqual([true]);
    expect(updates).toBe(1);
    expect(await counted(world, "events")).toEqual({
      "type#order": 2,
      "outcome#failed": 2,
      "outcome#deliveredLater": 2,
    });
  });

  it("is not counted where another has had the last word, or where it goes on elsewhere", async () => {
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
      for (const one of [ended, { ...ended, status: "delivered" as const }, moved]) await deliveries.recordOutcome(one);
    });
    await run();
    expect(await counted(world, "events")).toEqual({ "outcome#exhausted": 1 });
  });

  it("is kept for as long as its event is, from now on", async () => {
    const world = await worldWith("https://example.com/well");
    const kept: number[] = [];
    world.stats.add = async (_kind, _account, { at }, keptUntil) => {
      kept.push((keptUntil - at) / (24 * HOUR_MS));
      return {};
    };
    await dispatch(world, eventWith({ acceptedAt: world.clock.now() - 20 * 24 * HOUR_MS }));
    expect(kept).toEqual([30]);
  });
});

describe("a series", () => {
  it("begins and ends at whole intervals of UTC, and spans the last day unasked", async () => {
    const world = memoryWorld();
    world.clock.move(123_456);
    const { from, to, intervals } = await readStats(world, "acme", { kind: "events", intervalMs: HOUR_MS });
    expect([from % HOUR_MS, to % HOUR_MS, to - from, intervals.length]).toEqual([0, 0, 25 * HOUR_MS, 25]);
    expect(to).toBeGreaterThan(world.clock.now());
  });

  it.each<[string, object, string | undefined]>([
    ["500 intervals", { from: 0, to: 500 * WINDOW_MS, intervalMs: WINDOW_MS }, undefined],
    ["more intervals than that", { from: 0, to: 501 * WINDOW_MS, intervalMs: WINDOW_MS }, "?interval"],
    ["31 days", { from: 0, to: 31 * 24 * HOUR_MS, intervalMs: 24 * HOUR_MS }, undefined],
    ["33 days", { from: 0, to: 33 * 24 * HOUR_MS, intervalMs: 24 * HOUR_MS }, "?from"],
    ["no time at all", { from: HOUR_MS, to: HOUR_MS, intervalMs: HOUR_MS }, "?from"],
    ["the last hour of all", { from: YEAR_10000 - HOUR_MS, to: YEAR_10000 - 1, intervalMs: WINDOW_MS }, "?to"],
    ["the hour before", { from: YEAR_10000 - 2 * HOUR_MS, to: YEAR_10000 - HOUR_MS, intervalMs: HOUR_MS }, undefined],
    ["time that runs back", { from: 2 * HOUR_MS, to: HOUR_MS, intervalMs: HOUR_MS }, "?from"],
  ])("of %s is refused for %3$s", async (_, query, pointer) => {
    const asked = readStats(memoryWorld(), "acme", { kind: "events", intervalMs: HOUR_MS, ...query });
    if (pointer === undefined) expect((await asked).intervals.length).toBeGreaterThan(0);
    else await expect(asked).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer }] });
  });
});
