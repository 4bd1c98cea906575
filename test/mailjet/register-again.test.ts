import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { deliveryView } from "../../lambdas/http/views/delivery-views.ts";
import { removeEndpoint } from "../../lambdas/mailjet/change-callbacks.ts";
import { findCallback, listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import { memoryKeys } from "../memory/keys.ts";
import type { MemoryWorld } from "../support/memory-world.ts";
import {
  A,
  ACCOUNT,
  B,
  endpointsOf,
  expectSettled,
  MINUTE_MS,
  outcomeOf,
  register,
  remove,
  runRounds,
  send,
  suspend,
  unreliableWorld,
} from "./callback-steps.ts";

describe("a callback that is deleted and registered again within a minute", () => {
  it("keeps its endpoint, secret and headers, and delivers its backlog once", async () => {
    const { world, receivers } = unreliableWorld();
    const { endpoint } = await register(world, "open");
    const ids = [await send(world, "open"), await send(world, "open")];
    await remove(world, "open");
    world.clock.move(MINUTE_MS - 1);
    const again = await register(world, "open");
    expect(again).toMatchObject({ isAlive: true, callback: { id: 2 }, endpoint: { id: endpoint.id } });
    expect(again.endpoint).toMatchObject({ secrets: endpoint.secrets, eventTypes: ["open"] });
    expect(again.endpoint.removedAt).toBeUndefined();
    await expectSettled(world);
    receivers.works = true;
    for (let minutes = 0; minutes < 3; minutes++) {
      await runRounds(world, [endpoint.id]);
      world.clock.move(MINUTE_MS);
    }
    expect(receivers.got.toSorted()).toEqual(ids.map((id) => `${A} ${id}`).toSorted());
    expect((await world.states.read([endpoint.id])).get(endpoint.id)).toMatchObject({ status: "active" });
  });

  it("sends nothing in between, is shown nowhere, and gets no new events", async () => {
    const { world, receivers } = unreliableWorld();
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await remove(world, "open");
    receivers.works = true;
    expect(await endpointsOf(world)).toEqual([]);
    expect(await listCallbacks(world, ACCOUNT)).toEqual([]);
    await expect(findCallback(world, ACCOUNT, 1)).rejects.toMatchObject({ code: "CALLBACK_NOT_FOUND" });
    await expect(removeEndpoint(world, ACCOUNT, endpoint.id)).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    await send(world, "open");
    await runRounds(world, [endpoint.id]);
    expect(receivers.got).toEqual([]);
    expect(await outcomeOf(world, endpoint.id, eventId)).toBe("pending");
    const { deliveries } = await findEventWithDeliveries(world, ACCOUNT, eventId);
    expect(deliveries.map((each) => deliveryView(each, ["read"]))).toMatchObject([
      {
        status: "pending",
        explanation: expect.stringMatching(
          /; its callback was deleted: it is cancelled at .+Z, unless the same callback is registered again before\./,
        ),
      },
    ]);
    await register(world, "open");
    await runRounds(world, [endpoint.id]);
    expect(receivers.got).toEqual([`${A} ${eventId}`]);
  });

  it("starts afresh if it was suspended", async () => {
    const { world, receivers } = unreliableWorld();
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await suspend(world, endpoint.id);
    await remove(world, "open");
    expect(await register(world, "open")).toMatchObject({ isAlive: true });
    receivers.works = true;
    await runRounds(world, [endpoint.id]);
    expect(receivers.got).toEqual([`${A} ${eventId}`]);
  });

  it("two callbacks of one url keep their backlog, however their requests are ordered", async () => {
    for (const order of [
      ["open", "click"],
      ["click", "open"],
    ] as const) {
      const { world, receivers } = unreliableWorld();
      const { endpoint } = await register(world, "open");
      await register(world, "click");
      const ids = [await send(world, "open"), await send(world, "click")];
      await remove(world, "open");
      await remove(world, "click");
      for (const type of order) await register(world, type);
      expect((await endpointsOf(world)).map(({ id }) => id)).toEqual([endpoint.id]);
      receivers.works = true;
      await runRounds(world, [endpoint.id]);
      expect(receivers.got.toSorted()).toEqual(ids.map((id) => `${A} ${id}`).toSorted());
      await expectSettled(world);
    }
  });

  it("keeps its backlog even if an endpoint of the same url was created since", async () => {
    const { world, receivers } = unreliableWorld();
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await remove(world, "open");
    const other = await register(world, "click");
    expect(other.endpoint.id).not.toBe(endpoint.id);
    expect((await register(world, "open")).endpoint.id).toBe(other.endpoint.id);
    receivers.works = true;
    await runRounds(world, [endpoint.id, other.endpoint.id]);
    expect(receivers.got).toEqual([`${A} ${eventId}`]);
    await expectSettled(world);
  });

  it("can be deleted and registered many times", async () => {
    const { world, receivers } = unreliableWorld();
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    for (let times = 0; times < 30; times++) {
      await remove(world, "open");
      world.clock.move(50_000);
      expect((await register(world, "open")).endpoint.id).toBe(endpoint.id);
    }
    expect((await world.callbacks.read(ACCOUNT)).deleted).toEqual([]);
    receivers.works = true;
    await runRounds(world, [endpoint.id]);
    expect(receivers.got).toEqual([`${A} ${eventId}`]);
  });
});

describe("a callback that is deleted and not registered again", () => {
  it.each<[string, (world: MemoryWorld) => Promise<unknown>]>([
    [
      "after the minute",
      async (world) => {
        world.clock.move(MINUTE_MS);
        return register(world, "open");
      },
    ],
    ["of another type", (world) => register(world, "click")],
    ["with another url", (world) => register(world, "open", B)],
    ["with other credentials", (world) => register(world, "open", A, { userinfo: { user: "u", password: "p" } })],
    ["of another version", (world) => register(world, "open", A, { version: 2 })],
    ["as a backup", (world) => register(world, "open", A, { isBackup: true })],
  ])("one that is registered %s does not keep the backlog", async (_, other) => {
    const { world, receivers } = unreliableWorld();
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await remove(world, "open");
    await other(world);
    receivers.works = true;
    world.clock.move(MINUTE_MS);
    const all = [endpoint, ...(await endpointsOf(world))].map(({ id }) => id);
    expect(new Set(all).size).toBe(2);
    await runRounds(world, all);
    expect(receivers.got).toEqual([]);
    expect(await outcomeOf(world, endpoint.id, eventId)).toBe("deleted");
    expect((await world.states.read([endpoint.id])).size).toBe(0);
    expect(await world.endpoints.listRemoved(ACCOUNT)).toEqual([]);
    await expectSettled(world);
  });

  it("its endpoint is gone a minute later without any request, and the account's erasure ends it at once", async () => {
    for (const isErased of [false, true]) {
      const { world: memory } = unreliableWorld();
      const world = { ...memory, keys: memoryKeys(), eraseAfterMs: 120_000 };
      const { endpoint } = await register(world, "open");
      await send(world, "open");
      await remove(world, "open");
      await runRounds(world, [endpoint.id]);
      expect((await world.states.read([endpoint.id])).size).toBe(1);
      if (isErased) {
        await deleteAccount(world, ACCOUNT);
        await eraseAccounts(world, world.clock.now() + MINUTE_MS);
        expect((await world.accounts.find(ACCOUNT)).deletion?.endpoints).toEqual([endpoint.id]);
      }
      world.clock.move(MINUTE_MS);
      await runRounds(world, [endpoint.id]);
      expect((await world.states.read([endpoint.id])).size).toBe(0);
      expect(await world.endpoints.listRemoved(ACCOUNT)).toEqual([]);
      expect((await world.callbacks.read(ACCOUNT)).deleted).toEqual([]);
    }
  });
});
