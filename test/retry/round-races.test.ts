import { describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import type { StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";
import { urlChanged } from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { wakeNow } from "../../lambdas/endpoints/schedule-wake-up.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";
import { BACKUP, MAIN, MINUTE_MS, pair } from "./backup/backup-pair.ts";

type World = ReturnType<typeof memoryWorld>;

const isClosing = ({ remove = [], onlyIf = [] }: StateChange) =>
  remove.includes("roundId") && onlyIf.some(({ field }) => field === "version" || field === "wakeAt");

/** Does something once, just before a round of the endpoint ends. */
function beforeTheEnd(world: World, endpoint: string, act: () => Promise<unknown>): void {
  const { update } = world.states;
  world.states.update = async (id, change) => {
    if (id === endpoint && isClosing(change)) {
      world.states.update = update;
      await act();
    }
    return update(id, change);
  };
}

/** An endpoint whose receiver refuses the first event and accepts all later ones. One delivery is pending. */
async function recovering() {
  const receiver = { status: 500 };
  const world = memoryWorld(() => ({ status: receiver.status, tookMs: 0 }));
  const hook = await addEndpoint(world);
  await hook.send();
  receiver.status = 200;
  return { world, hook, receiver };
}

describe("what happens in the moment when a retry round ends", () => {
  it("a delivery joins the backlog: the same round delivers it", async () => {
    const { world, hook, receiver } = await recovering();
    // The function that parks it finds the round's own wake-up, and so schedules none.
    beforeTheEnd(world, hook.endpoint.id, async () => {
      receiver.status = 500;
      await hook.send();
      receiver.status = 200;
    });
    await hook.wake();
    expect(await hook.backlog()).toHaveLength(1);
    expect(await hook.state()).toMatchObject({ parked: 2, wakeAt: world.clock.now() + 30_000 });
    await hook.wake();
    expect(await hook.backlog()).toEqual([]);
  });

  it("a round is requested: this one reads the backlog again before it ends", async () => {
    const readsOfRound = async (isRequested: boolean) => {
      const { world, hook } = await recovering();
      if (isRequested) beforeTheEnd(world, hook.endpoint.id, () => wakeNow(world, hook.endpoint.id));
      const { oldest } = world.deliveries;
      let reads = 0;
      world.deliveries.oldest = (...query) => {
        reads++;
        return oldest(...query);
      };
      await hook.wake();
      expect(await hook.state()).not.toHaveProperty("wakeAt");
      return reads;
    };
    expect(await readsOfRound(true)).toBeGreaterThan(await readsOfRound(false));
  });

  it("a paused endpoint is resumed: its wake-up stays, and the next round delivers at once", async () => {
    const { world, hook } = await recovering();
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    beforeTheEnd(world, hook.endpoint.id, () => resumeEndpoint(world, "acme", hook.endpoint.id));
    await hook.wake(); // the daily check
    const resumedAt = world.clock.now();
    expect(await hook.state()).toMatchObject({ wakeAt: resumedAt });
    expect(world.wakes.at(-1)).toEqual({ endpoint: hook.endpoint.id, wakeAt: resumedAt });
    await hook.wake();
    expect(await hook.backlog()).toEqual([]);
  });

  it("only the version changes: the round does not decide when the next one is", async () => {
    const { world, hook } = await recovering();
    beforeTheEnd(world, hook.endpoint.id, async () =>
      world.states.update(hook.endpoint.id, urlChanged(await hook.state())),
    );
    const { wakeAt } = await hook.state();
    await hook.wake();
    const after = await hook.state();
    expect(after.wakeAt).toBe(wakeAt);
    expect(after).not.toHaveProperty("roundId");
    expect(world.wakes.at(-1)).toEqual({ endpoint: hook.endpoint.id, wakeAt });
  });

  it("only the wake-up changes: it stays", async () => {
    const { world, hook } = await recovering();
    const later = world.clock.now() + 7 * MINUTE_MS;
    beforeTheEnd(world, hook.endpoint.id, () => world.states.update(hook.endpoint.id, { set: { wakeAt: later } }));
    await hook.wake();
    const after = await hook.state();
    expect(after.wakeAt).toBe(later);
    expect(after).not.toHaveProperty("roundId");
    expect(world.wakes.at(-1)).toEqual({ endpoint: hook.endpoint.id, wakeAt: later });
  });
});

describe("what happens in the moment when a deleted endpoint's state is removed", () => {
  it("a delivery joins the backlog: the state stays, and the next round cancels the delivery", async () => {
    const { world, hook } = await recovering();
    const { id, account } = hook.endpoint;
    const [pending] = await hook.backlog();
    if (pending === undefined) throw new Error("Nothing is pending");
    await deleteEndpoint(world, account, id);
    const { remove } = world.states;
    world.states.remove = async (...removal) => {
      world.states.remove = remove;
      await world.deliveries.addToBacklog({ ...pending, resentAt: world.clock.now() });
      await world.states.update(id, { add: { parked: 1 } });
      return remove(...removal);
    };
    await hook.wake();
    expect(await hook.state()).toMatchObject({ status: "deleted", wakeAt: expect.any(Number) });
    expect(await hook.backlog()).toHaveLength(1);
    await hook.wake();
    expect(await hook.backlog()).toEqual([]);
    expect((await world.states.read([id])).has(id)).toBe(false);
  });

  it("another round has taken over the lease: the state stays", async () => {
    const { world, hook } = await recovering();
    const { id, account } = hook.endpoint;
    await deleteEndpoint(world, account, id);
    const { remove } = world.states;
    world.states.remove = async (...removal) => {
      await world.states.update(id, { set: { roundId: "another" } });
      return remove(...removal);
    };
    await hook.wake();
    expect(await hook.state()).toMatchObject({ status: "deleted", roundId: "another" });
  });
});

describe("every way to join a backlog is counted", () => {
  it("a first attempt that fails, and one that is not made", async () => {
    const { world, hook } = await recovering();
    expect((await hook.state()).parked).toBe(1);
    await world.states.update(hook.endpoint.id, { set: { notBefore: world.clock.now() + 3_600_000 } }); // a Retry-After
    world.clock.move(LIMITS.stateCacheSeconds * 1_000 + 1);
    await hook.send(3);
    expect((await hook.state()).parked).toBe(4);
  });

  it("deliveries that move to a backup, and back", async () => {
    const { main, backup, fails, recovers, pass, send, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    await send(3);
    await main.wake();
    expect((await backup.backlog()).length).toBe(3);
    expect((await backup.state()).parked).toBe(3);
    const { parked } = await main.state();
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5_000);
    expect((await main.state()).parked).toBeGreaterThanOrEqual(parked + 3);
  });

  it("a request for a round", async () => {
    const { world, hook } = await recovering();
    await wakeNow(world, hook.endpoint.id);
    expect(await hook.state()).toMatchObject({ parked: 2 });
  });
});
