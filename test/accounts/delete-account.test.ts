import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { createRecovery } from "../../lambdas/recoveries/create-recovery.ts";
import { eventWith } from "../support/examples.ts";
import { MINUTE_MS, remains, requestDeletion, runRounds, runUntilDone, twoAccounts } from "./two-accounts.ts";

describe("deleting an account", () => {
  it("deleting an account cancels its deliveries, erases all its data, and leaves other accounts unchanged", async () => {
    const world = await twoAccounts();
    const before = await remains(world, "other");
    const failing = (await world.endpoints.list("leaving")).find(({ url }) => url.includes("failing"))?.id ?? "";
    const { items: events } = await world.log.list("leaving", { limit: 100 });
    const pending = events.map(({ id }) => ({ endpoint: failing, eventId: id }));
    expect(await world.deliveries.pending(pending)).toHaveLength(7);
    expect((await requestDeletion(world)).deletion).toMatchObject({ phase: "cancelling", eventsErased: 0 });
    const done = await runUntilDone(world);
    expect(done.deletion).toMatchObject({ phase: "done", eventsErased: 7, endpoints: [] });
    expect(await remains(world, "leaving")).toEqual({ keys: 0, endpoints: 0, events: 0, counted: 0 });
    expect(await world.deliveries.pending(pending)).toEqual([]);
    expect(await world.deliveries.ended(pending)).toEqual([]);
    const named = { account: "leaving", eventId: "order-1", id: "evt_x", hash: "h" };
    expect(await world.claims.claimEventId(named, world.clock.now())).toBeUndefined();
    expect(await remains(world, "other")).toEqual(before);
    const otherName = { ...named, account: "other" };
    expect(await world.claims.claimEventId(otherName, world.clock.now())).toMatchObject({ eventId: "order-1" });
  });

  it("deleting an account erases its recoveries, running or not", async () => {
    const world = await twoAccounts();
    for (const account of ["leaving", "other"]) await createRecovery(world, account, { statuses: ["exhausted"] });
    await requestDeletion(world);
    await expect(createRecovery(world, "leaving", { statuses: ["cancelled"] })).rejects.toMatchObject({
      code: "ACCOUNT_DELETED",
    });
    await runUntilDone(world);
    expect((await world.recoveries.list("leaving", { limit: 10 })).items).toEqual([]);
    expect((await world.recoveries.running()).map(({ account }) => account)).toEqual(["other"]);
    expect((await world.recoveries.list("other", { limit: 10 })).items).toHaveLength(1);
  });

  it("events are erased only after no function can use an old copy of the account", async () => {
    const world = await twoAccounts();
    await requestDeletion(world);
    await eraseAccounts(world, world.clock.now() + 50_000);
    world.clock.move(1_000);
    await runRounds(world);
    await eraseAccounts(world, world.clock.now() + 50_000);
    expect(await remains(world, "leaving")).toEqual({ keys: 0, endpoints: 0, events: 7, counted: 7 });
    expect((await world.accounts.find("leaving")).deletion).toMatchObject({ phase: "cancelling", endpoints: [] });
  });

  it("a late deletion run does not change the account that was created again", async () => {
    const world = await twoAccounts();
    await requestDeletion(world);
    const { deletion } = await world.accounts.find("leaving");
    if (deletion === undefined) throw new Error("The deletion has not begun");
    await runUntilDone(world);
    await world.accounts.put("leaving", { name: "", retentionDays: 3, limits: { endpoints: 1 } }, world.clock.now());
    for (const phase of ["cancelling", "erasing", "done"] as const)
      expect(await world.accounts.noteDeletion("leaving", { ...deletion, phase })).toBe(false);
    expect((await world.accounts.find("leaving")).deletion).toBeUndefined();
  });

  it("no event of a deleted account is dispatched, not even after the account was created again", async () => {
    const world = await twoAccounts();
    const late = eventWith({ account: "leaving", acceptedAt: world.clock.now() });
    const dispatch = () =>
      dispatcher(world)(
        [{ content: { account: "leaving", events: [late] }, receives: 1 }],
        world.clock.now() + MINUTE_MS,
      );
    await requestDeletion(world);
    expect(await dispatch()).toEqual([true]);
    expect((await world.log.find("leaving", [late.id])).size).toBe(0);
    await runUntilDone(world);
    expect(await dispatch()).toEqual([true]);
    await world.accounts.put("leaving", { name: "", retentionDays: 3, limits: { endpoints: 1 } }, world.clock.now());
    expect(await dispatch()).toEqual([true]);
    expect((await world.log.find("leaving", [late.id])).size).toBe(0);
    const later = eventWith({ account: "leaving", acceptedAt: world.clock.now() });
    await dispatcher(world)(
      [{ content: { account: "leaving", events: [later] }, receives: 1 }],
      world.clock.now() + MINUTE_MS,
    );
    const kept = (await world.log.find("leaving", [later.id])).get(later.id)?.keptUntil ?? 0;
    expect(kept - later.acceptedAt).toBeGreaterThanOrEqual(3 * 86_400_000);
    expect(kept - later.acceptedAt).toBeLessThan(3 * 86_400_000 + 1_000);
  });

  it("deleting the operator's own account or an unknown account is refused", async () => {
    const world = await twoAccounts();
    await expect(deleteAccount({ ...world, operatorAccount: "leaving" }, "leaving")).rejects.toMatchObject({
      code: "ACCOUNT_PROTECTED",
    });
    await expect(deleteAccount({ ...world, operatorAccount: "operator" }, "unknown")).rejects.toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
    });
  });
});
