import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { eventWith } from "../support/examples.ts";
import { MINUTE_MS, remains, requestDeletion, runRounds, runUntilDone, twoAccounts } from "./two-accounts.ts";

describe("deleting an account", () => {
  it("cancels what is pending, then erases all it had, and leaves another account whole", async () => {
    const world = await twoAccounts();
    const before = await remains(world, "other");
    const dead = (await world.endpoints.list("doomed")).find(({ url }) => url.includes("dead"))?.id ?? "";
    const { items: events } = await world.log.list("doomed", { limit: 100 });
    const waiting = events.map(({ id }) => ({ endpoint: dead, eventId: id }));
    expect(await world.deliveries.pending(waiting)).toHaveLength(7);
    expect((await requestDeletion(world)).deletion).toMatchObject({ phase: "cancelling", eventsErased: 0 });
    const done = await runUntilDone(world);
    expect(done.deletion).toMatchObject({ phase: "done", eventsErased: 7, endpoints: [] });
    expect(await remains(world, "doomed")).toEqual({ keys: 0, endpoints: 0, events: 0, counted: 0 });
    expect(await world.deliveries.pending(waiting)).toEqual([]);
    expect(await world.deliveries.ended(waiting)).toEqual([]);
    const named = { account: "doomed", eventId: "order-1", id: "evt_x", hash: "h" };
    expect(await world.claims.claimEventId(named, world.clock.now())).toBeUndefined();
    expect(await remains(world, "other")).toEqual(before);
    const othersName = { ...named, account: "other" };
    expect(await world.claims.claimEventId(othersName, world.clock.now())).toMatchObject({ eventId: "order-1" });
  });

  it("waits until whoever had read the account before can write no more", async () => {
    const world = await twoAccounts();
    await requestDeletion(world);
    await eraseAccounts(world, world.clock.now() + 50_000);
    world.clock.move(1_000);
    await runRounds(world);
    await eraseAccounts(world, world.clock.now() + 50_000);
    expect(await remains(world, "doomed")).toEqual({ keys: 0, endpoints: 0, events: 7, counted: 7 });
    expect((await world.accounts.find("doomed")).deletion).toMatchObject({ phase: "cancelling", endpoints: [] });
  });

  it("that a second run comes late with does not touch the account that was made anew", async () => {
    const world = await twoAccounts();
    await requestDeletion(world);
    const { deletion: seen } = await world.accounts.find("doomed");
    if (seen === undefined) throw new Error("It was not begun");
    await runUntilDone(world);
    await world.accounts.put("doomed", { name: "", retentionDays: 3, limits: { endpoints: 1 } }, world.clock.now());
    for (const phase of ["cancelling", "erasing", "done"] as const)
      expect(await world.accounts.noteDeletion("doomed", { ...seen, phase })).toBe(false);
    expect((await world.accounts.find("doomed")).deletion).toBeUndefined();
  });

  it("has nothing of it dispatched any more, whenever it comes out of a queue, nor after it was made anew", async () => {
    const world = await twoAccounts();
    const late = eventWith({ account: "doomed", acceptedAt: world.clock.now() });
    const dispatch = () =>
      dispatcher(world)(
        [{ content: { account: "doomed", events: [late] }, receives: 1 }],
        world.clock.now() + MINUTE_MS,
      );
    await requestDeletion(world);
    expect(await dispatch()).toEqual([true]);
    expect((await world.log.find("doomed", [late.id])).size).toBe(0);
    await runUntilDone(world);
    expect(await dispatch()).toEqual([true]);
    await world.accounts.put("doomed", { name: "", retentionDays: 3, limits: { endpoints: 1 } }, world.clock.now());
    expect(await dispatch()).toEqual([true]);
    expect((await world.log.find("doomed", [late.id])).size).toBe(0);
    const own = eventWith({ account: "doomed", acceptedAt: world.clock.now() });
    await dispatcher(world)(
      [{ content: { account: "doomed", events: [own] }, receives: 1 }],
      world.clock.now() + MINUTE_MS,
    );
    const kept = (await world.log.find("doomed", [own.id])).get(own.id)?.keptUntil ?? 0;
    expect(kept - own.acceptedAt).toBeGreaterThanOrEqual(3 * 86_400_000);
    expect(kept - own.acceptedAt).toBeLessThan(3 * 86_400_000 + 1_000);
  });

  it("is refused for the operator's own account, and for one that is not there", async () => {
    const world = await twoAccounts();
    await expect(deleteAccount({ ...world, operatorAccount: "doomed" }, "doomed")).rejects.toMatchObject({
      code: "ACCOUNT_PROTECTED",
    });
    await expect(deleteAccount({ ...world, operatorAccount: "operator" }, "nobody")).rejects.toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
    });
  });
});
