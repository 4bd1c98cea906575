import { describe, expect, it } from "vitest";
import { addEndpoint } from "../retry/add-endpoint.ts";
import type { MemoryWorld } from "../support/memory-world.ts";
import { begin, giveUp, outage } from "./recovery-steps.ts";

type Hook = Awaited<ReturnType<typeof addEndpoint>>;

const SLOW = { url: "https://slow.example.com/", releaseRate: 2 };
const SLOW_MAX = 60; // what it is sent in 30 s

/** Endpoints that work again after they have missed the same events. */
async function missed(count: number, ...endpoints: Parameters<typeof addEndpoint>[1][]) {
  const { world, works } = outage();
  const hooks: Hook[] = [];
  for (const endpoint of endpoints) hooks.push(await addEndpoint(world, endpoint));
  await hooks[0]?.send(count);
  works();
  for (const hook of hooks) {
    await giveUp(world, hook.endpoint.id);
    await hook.wake(); // its backlog is empty: it is active again
  }
  world.clock.move(1_000);
  return { world, hooks };
}

const receivedBy = (world: MemoryWorld, { endpoint }: Hook) =>
  world.webhookClient.ledger.filter(({ url, headers }) => url === endpoint.url && headers["webhook-id"] !== undefined);

describe("the backlogs that a recovery fills", () => {
  it("a recovery adds only what its endpoint is sent in 30 s, and continues when that has been sent", async () => {
    const { world, hooks } = await missed(150, SLOW);
    const [slow] = hooks;
    if (slow === undefined) throw new Error("no endpoint");
    const before = receivedBy(world, slow).length;
    const recovery = await begin(world, { endpoint: slow.endpoint.id });
    for (let n = 0; n < 4; n++) {
      world.clock.move(5_000);
      await recovery.step();
    }
    expect(await recovery.read()).toMatchObject({ status: "running", resent: SLOW_MAX });
    expect(await slow.backlog()).toHaveLength(SLOW_MAX);
    for (let n = 0; n < 10 && (await recovery.read()).status === "running"; n++) {
      await slow.wake();
      world.clock.move(5_000);
      await recovery.step();
    }
    while ((await slow.backlog()).length > 0) await slow.wake();
    expect(await recovery.read()).toMatchObject({ status: "waiting", resent: 150 });
    expect(receivedBy(world, slow)).toHaveLength(before + 150);
  });

  it("the rate limit counts if it is lower, and a group's POST counts as many events as it has", async () => {
    for (const [more, max] of [
      [{ releaseRate: 25, rateLimit: 1 }, 30],
      [{ releaseRate: 1, group: { maxEvents: 3, maxBytes: 100_000, windowMs: 1_000 } }, 90],
    ] as const) {
      const { world, hooks } = await missed(120, more);
      const recovery = await begin(world, { endpoint: hooks[0]?.endpoint.id ?? "" });
      await recovery.step();
      await recovery.step();
      expect(await recovery.read()).toMatchObject({ resent: max });
    }
  });

  it("a slow endpoint does not delay the others of its account, and gets the rest later, each counted once", async () => {
    const { world, hooks } = await missed(400, SLOW, { url: "https://fast.example.com/", releaseRate: 500 });
    const [slow, fast] = hooks;
    if (slow === undefined || fast === undefined) throw new Error("no endpoints");
    const before = [receivedBy(world, slow).length, receivedBy(world, fast).length] as const;
    const recovery = await begin(world);
    for (let n = 0; n < 6; n++) {
      world.clock.move(5_000);
      await recovery.step();
    }
    expect(await slow.backlog()).toHaveLength(SLOW_MAX);
    expect(await fast.backlog()).toHaveLength(400);
    expect(await recovery.read()).toMatchObject({ status: "running", resent: SLOW_MAX + 400, isScanned: true });
    while ((await fast.backlog()).length > 0) await fast.wake();
    for (let n = 0; n < 30 && (await recovery.read()).status === "running"; n++) {
      await slow.wake();
      world.clock.move(5_000);
      await recovery.step();
    }
    while ((await slow.backlog()).length > 0) await slow.wake();
    expect(await recovery.read()).toMatchObject({ status: "waiting", resent: 800, behind: {} });
    expect([receivedBy(world, slow).length, receivedBy(world, fast).length]).toEqual([
      before[0] + 400,
      before[1] + 400,
    ]);
  });

  it("new events are sent at once while a recovery fills the backlog", async () => {
    const { world, hooks } = await missed(150, SLOW);
    const [slow] = hooks;
    const recovery = await begin(world);
    await recovery.step();
    const before = world.webhookClient.ledger.length;
    const [event] = (await slow?.send()) ?? [];
    expect(world.webhookClient.ledger.slice(before).map(({ headers }) => headers["webhook-id"])).toEqual([event?.id]);
  });
});
