import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { changeCallback, deleteCallback, removeEndpoint } from "../../lambdas/mailjet/change-callbacks.ts";
import { findCallback, listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";
import {
  A,
  ACCOUNT,
  B,
  expectSettled,
  MINUTE_MS,
  move,
  register,
  runRounds,
  send,
  suspend,
  targetsOf,
} from "./callback-steps.ts";

describe("changed and deleted callbacks", () => {
  it("a callback takes its pending deliveries to a new url, which also resumes it", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await suspend(world, endpoint.id);
    expect((await findCallback(world, ACCOUNT, 1)).isAlive).toBe(false);
    expect(await move(world, 1, B)).toMatchObject({ isAlive: true, endpoint: { id: endpoint.id, url: B } });
    expect(await world.deliveries.pending([{ endpoint: endpoint.id, eventId }])).toHaveLength(1);
    expect((await world.states.read([endpoint.id])).get(endpoint.id)).toMatchObject({
      status: "failing",
      attemptIndex: 0,
    });
  });

  it.each([
    ["another url", { url: B }, undefined],
    ["other credentials in it", { userinfo: { user: "u", password: "new" } }, undefined],
    ["the whole row with Status dead and another url", { url: B }, false],
    ["the url of a stopped callback", { url: `${A}/dead` }, undefined],
  ] as const)("a callback that was suspended or paused is resumed by %s", async (_, changes, isAlive) => {
    for (const stop of [suspend, (world: MemoryWorld, id: string) => pauseEndpoint(world, ACCOUNT, id)]) {
      const world = memoryWorld();
      const { endpoint } = await register(world, "open");
      const other = await register(world, "click", `${A}/dead`);
      for (const { id } of [endpoint, other.endpoint]) await stop(world, id);
      const changed = await changeCallback(world, ACCOUNT, 1, ({ eventType, version, isBackup }) => ({
        ...{ eventType, version, isBackup, url: A },
        ...changes,
        ...(isAlive !== undefined && { isAlive }),
      }));
      expect(changed.isAlive).toBe(true);
      expect(await findCallback(world, ACCOUNT, 1)).toMatchObject({ isAlive: true });
    }
  });

  it("pending deliveries follow their callback from a shared Url, and are cancelled if their own callback is deleted", async () => {
    const got: string[] = [];
    const world = memoryWorld(({ url, headers }) => {
      if (url === A) return { status: 410, tookMs: 0 };
      got.push(`${url} ${headers["webhook-id"]}`);
      return { status: 200, tookMs: 0 };
    });
    const { endpoint } = await register(world, "open");
    await register(world, "click");
    const [openId, clickId] = [await send(world, "open"), await send(world, "click")];
    const moved = await move(world, 1, B);
    expect(moved.endpoint.id).not.toBe(endpoint.id);
    await deleteCallback(world, ACCOUNT, { eventType: "click", isBackup: false });
    const next = await register(world, "click", "https://c.example/");
    await runRounds(world, [endpoint.id, moved.endpoint.id, next.endpoint.id]);
    expect(got).toEqual([`${B} ${openId}`]);
    world.clock.move(MINUTE_MS);
    await runRounds(world, [endpoint.id, moved.endpoint.id, next.endpoint.id]);
    expect(got).toEqual([`${B} ${openId}`]);
    const [outcome] = await world.deliveries.ended([{ endpoint: endpoint.id, eventId: clickId }]);
    expect(outcome).toMatchObject({ status: "cancelled", reason: "deleted" });
    expect(await world.deliveries.oldest(endpoint.id, { limit: 10 })).toEqual([]);
  });

  it("deleting a callback cancels its pending deliveries even if a callback of the same type is registered at once for another url", async () => {
    const got: string[] = [];
    const world = memoryWorld(({ url }) => {
      if (url !== A) got.push(url);
      return { status: url === A ? 410 : 200, tookMs: 0 };
    });
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await deleteCallback(world, ACCOUNT, { eventType: "open", isBackup: false });
    const next = await register(world, "open", B);
    world.clock.move(MINUTE_MS);
    await runRounds(world, [endpoint.id, next.endpoint.id]);
    expect(got).toEqual([]);
    const [outcome] = await world.deliveries.ended([{ endpoint: endpoint.id, eventId }]);
    expect(outcome).toMatchObject({ status: "cancelled", reason: "deleted" });
  });

  it("deleting an endpoint by its id cancels the pending deliveries of callbacks that have moved away", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const { endpoint: old } = await register(world, "open");
    await register(world, "click");
    const eventId = await send(world, "open");
    const { endpoint: next } = await move(world, 1, B);
    await removeEndpoint(world, ACCOUNT, old.id);
    await runRounds(world, [old.id, next.id]);
    expect(await targetsOf(world)).toEqual([`${B} open`]);
    expect(await world.deliveries.ended([{ endpoint: old.id, eventId }])).toMatchObject([
      { status: "cancelled", reason: "deleted" },
    ]);
  });

  it("callbacks of a deleted account are refused", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await deleteAccount(world, ACCOUNT);
    for (const url of [A, B])
      await expect(register(world, "click", url)).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
    await expect(move(world, 1, B)).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
  });

  it("callbacks can be read and corrected after one's Url became forbidden", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await register(world, "click", "https://c.example/");
    let checks = 0;
    world.guard.refusal = async (url) =>
      url.startsWith(B) && ++checks > 1 ? "its host name resolves to an address that is not public" : undefined;
    await move(world, 1, B);
    await move(world, 2, "https://d.example/");
    expect(await targetsOf(world)).toEqual([`${B} open`, "https://d.example/ click"]);
    await move(world, 1, "https://e.example/");
    expect(await targetsOf(world)).toEqual(["https://d.example/ click", "https://e.example/ open"]);
  });

  it("deleting the last callback of a Url cancels the pending deliveries that followed it there", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const { endpoint: old } = await register(world, "open");
    const { endpoint: next } = await register(world, "click", B);
    const eventId = await send(world, "open");
    await move(world, 1, B);
    for (const eventType of ["open", "click"] as const)
      await deleteCallback(world, ACCOUNT, { eventType, isBackup: false });
    world.clock.move(MINUTE_MS);
    await runRounds(world, [old.id, next.id]);
    expect(await targetsOf(world)).toEqual([]);
    expect(await world.deliveries.ended([{ endpoint: old.id, eventId }])).toMatchObject([
      { status: "cancelled", reason: "deleted" },
    ]);
  });

  it("callbacks that move one after the other lose no delivery, and the empty endpoint is deleted afterwards", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const { endpoint: old } = await register(world, "open");
    await register(world, "click");
    const eventId = await send(world, "open");
    await suspend(world, old.id);
    await move(world, 1, B);
    await move(world, 2, B);
    expect(await targetsOf(world)).toEqual([B, `${B} click open`]);
    expect((await world.states.read([old.id])).get(old.id)).toMatchObject({ status: "failing" });
    world.clock.move(10 * MINUTE_MS);
    await listCallbacks(world, ACCOUNT);
    expect(await targetsOf(world)).toHaveLength(2);
    await world.deliveries.removeFromBacklog([{ endpoint: old.id, eventId }]); // as if it was delivered
    await listCallbacks(world, ACCOUNT);
    expect(await targetsOf(world)).toEqual([`${B} click open`]);
    await expectSettled(world);
  });

  it("an endpoint without callbacks is kept as long as a dispatch may still add a delivery", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await register(world, "click", B);
    await move(world, 1, B);
    await listCallbacks(world, ACCOUNT);
    expect(await targetsOf(world)).toHaveLength(2);
    world.clock.move(2 * MINUTE_MS);
    await listCallbacks(world, ACCOUNT);
    expect(await targetsOf(world)).toEqual([`${B} click open`]);
  });
});
