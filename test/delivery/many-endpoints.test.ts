import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

/** Counts reads and writes of endpoint states. */
function countedStates(world: MemoryWorld): { reads: number; writes: number } {
  const counts = { reads: 0, writes: 0 };
  const { read, update } = world.states;
  world.states.read = (ids) => {
    counts.reads += 1;
    return read(ids);
  };
  world.states.update = (id, change) => {
    counts.writes += 1;
    return update(id, change);
  };
  return counts;
}

describe("an event for endpoints that wait for their next round", () => {
  it.each(["failing", "paused"])("costs one read of their states and no write while they are %s", async (status) => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hooks = [];
    for (let n = 0; n < 20; n++) hooks.push(await addEndpoint(world));
    const [first] = hooks;
    if (status === "failing") for (let n = 0; n < 5; n++) await first?.send();
    else for (const { endpoint } of hooks) await pauseEndpoint(world, "acme", endpoint.id);
    for (const hook of hooks) expect((await hook.state()).status).toBe(status);
    world.clock.move(6_000); // dispatch has read the new states
    await first?.send();
    const counts = countedStates(world);
    await first?.send();
    expect(counts).toEqual({ reads: 1, writes: 0 });
    for (const hook of hooks) expect((await hook.backlog()).length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ["a round is running", { roundId: "r", roundUntil: 1e15 }],
    ["its wake-up is due", { wakeAt: 1 }],
  ])("counts them in the state if %s, because that round may have read past them", async (_, change) => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    for (let n = 0; n < 5; n++) await hook.send();
    await world.states.update(hook.endpoint.id, { set: change });
    const { parked } = await hook.state();
    await hook.send();
    expect((await hook.state()).parked).toBe(parked + 1);
  });

  it("are still found by a round that a user starts early", async () => {
    let isUp = false;
    const world = memoryWorld(() => ({ status: isUp ? 200 : 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    for (let n = 0; n < 5; n++) await hook.send();
    for (let n = 0; n < 3; n++) await hook.send();
    isUp = true;
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    for (let rounds = 0; rounds < 3 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
    expect(await hook.backlog()).toEqual([]);
  });
});

describe("a batch of several accounts", () => {
  it("an account whose URLs are all slow takes its share of the POSTs in flight, and delays no other account", async () => {
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    let releaseFast = () => {};
    const fast = new Promise<void>((resolve) => {
      releaseFast = resolve;
    });
    let waiting = 0;
    const world = memoryWorld(async ({ url }) => {
      if (!url.includes("slow")) {
        await fast;
        return { status: 200 };
      }
      waiting += 1;
      await slow;
      return { status: 200 };
    });
    for (const account of ["a", "b", "c"])
      for (let n = 0; n < 50; n++) await addEndpoint(world, { account, url: `https://slow.example.com/${n}` });
    await addEndpoint(world, { account: "healthy", url: "https://fast.example.com/" });
    const batch = ["a", "b", "c", "a", "b", "c", "healthy"].map((account) => ({
      content: { account, events: [eventWith({ account })] },
      receives: 1,
    }));
    const running = dispatcher(world)(batch, world.clock.now() + 60_000);
    await expect.poll(() => world.webhookClient.ledger.map(({ url }) => url)).toContain("https://fast.example.com/");
    expect(waiting).toBe(3 * (LIMITS.inFlight / 4));
    releaseFast();
    // The healthy account needs its share no more.
    await expect.poll(() => waiting).toBe(3 * Math.floor(LIMITS.inFlight / 3));
    release();
    expect(await running).toEqual(batch.map(() => true));
  });
});

it("an event for a suspended endpoint whose backup is suspended too starts a round: the backup may be resumed by now", async () => {
  const world = memoryWorld();
  const main = await addEndpoint(world);
  const backup = await addEndpoint(world, { backupOf: [main.endpoint.id] });
  for (const { endpoint } of [main, backup])
    await world.states.update(endpoint.id, { set: { status: "suspended", statusSince: world.clock.now() } });
  await main.send();
  expect(await main.backlog()).toHaveLength(1);
  expect((await main.state()).wakeAt).toBeLessThanOrEqual(world.clock.now() + 1_000);
});
