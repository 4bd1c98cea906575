import { describe, expect, it } from "vitest";
import { createRecovery } from "../../lambdas/recoveries/create-recovery.ts";
import { listRecoveries } from "../../lambdas/recoveries/find-recovery.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { dryRunOf } from "./dry-run.ts";
import { begin, giveUp, MISSED, outage, stepsOf } from "./recovery-steps.ts";

const HOUR_MS = 3_600_000;

describe("the request for a recovery", () => {
  it("without times it is about the last 24 hours, and about all endpoints", async () => {
    const world = memoryWorld();
    const now = world.clock.now();
    const { recovery } = await createRecovery(world, "acme", MISSED);
    expect(recovery).toMatchObject({ since: now - 24 * HOUR_MS, until: now, statuses: ["exhausted", "cancelled"] });
    expect(recovery.endpoint).toBeUndefined();
  });

  it("times before the account's retention begin with it", async () => {
    const world = memoryWorld();
    await world.accounts.put("acme", { name: "", retentionDays: 2, limits: { endpoints: 1 } }, 1);
    const { recovery } = await createRecovery(world, "acme", { ...MISSED, since: 0 });
    expect(recovery.since).toBe(world.clock.now() - 48 * HOUR_MS);
  });

  it.each([
    ["an end in the future", { until: 61_000 }, "/until"],
    ["an end before the beginning", { since: -1_000, until: -1_000 }, "/until"],
    ["a beginning in the future", { since: 1 }, "/since"],
    ["unsent events without an endpoint", { statuses: ["unsent"] as const }, "/endpoint"],
  ])(
    "%s is refused with the field's pointer",
    async (_, { since, until, ...more }: Record<string, unknown>, pointer) => {
      const world = memoryWorld();
      const at = (offset: unknown) => (typeof offset === "number" ? world.clock.now() + offset : undefined);
      const times = {
        ...(since !== undefined && { since: at(since) }),
        ...(until !== undefined && { until: at(until) }),
      };
      await expect(dryRunOf(world, { ...times, ...more } as object)).rejects.toMatchObject({
        code: "FIELDS_INVALID",
        errors: [{ pointer }],
      });
    },
  );

  it("without an account, the running ones of all accounts are listed, newest first and in pages", async () => {
    const world = memoryWorld();
    const ids: string[] = [];
    for (const account of ["zeta", "acme", "globex"]) {
      world.clock.move(1_000);
      ids.unshift((await createRecovery(world, account, MISSED)).recovery.id);
    }
    const first = await listRecoveries(world, undefined, { limit: 2 });
    expect([first.items.map(({ recovery }) => recovery.id), first.next]).toEqual([ids.slice(0, 2), ids[1]]);
    const second = await listRecoveries(world, undefined, { limit: 2, before: ids[1] ?? "" });
    expect([second.items.map(({ recovery }) => recovery.account), second.next]).toEqual([["zeta"], undefined]);
  });

  it("an end a little in the future is now: the caller's clock may be ahead", async () => {
    const world = memoryWorld();
    const { recovery } = await createRecovery(world, "acme", { ...MISSED, until: world.clock.now() + 60_000 });
    expect(recovery.until).toBe(world.clock.now());
  });

  it("an unknown endpoint is refused", async () => {
    const world = memoryWorld();
    const endpoint = newId("ep", 1, () => 0.5);
    await expect(dryRunOf(world, { endpoint })).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    const other = await addEndpoint(world, { account: "globex" });
    await expect(dryRunOf(world, { endpoint: other.endpoint.id })).rejects.toMatchObject({
      code: "ENDPOINT_NOT_FOUND",
    });
  });

  it("an account may have five running recoveries, not six", async () => {
    const world = memoryWorld();
    for (let n = 0; n < LIMITS.recoveriesRunning; n++)
      await createRecovery(world, "acme", { ...MISSED, types: [`t${n}`] });
    await expect(createRecovery(world, "acme", { ...MISSED, types: ["t9"] })).rejects.toMatchObject({
      code: "RECOVERY_LIMIT_REACHED",
    });
    // The same request as a running one needs no place.
    expect((await createRecovery(world, "acme", { ...MISSED, types: ["t0"] })).recovery.types).toEqual(["t0"]);
    await expect(createRecovery(world, "globex", MISSED)).resolves.toMatchObject({ isReplay: false });
  });

  it("a recovery that waits for young events takes no place, up to a hundred of them", async () => {
    const world = memoryWorld();
    for (let n = 0; n < LIMITS.recoveriesUnfinished; n++) {
      const { recovery } = await createRecovery(world, "acme", { ...MISSED, types: [`t${n}`] });
      world.clock.move(1);
      await stepsOf(world, recovery).step();
    }
    await expect(createRecovery(world, "acme", { ...MISSED, types: ["other"] })).rejects.toMatchObject({
      code: "RECOVERY_LIMIT_REACHED",
    });
  });

  it("a request without an end is about what has failed since, if the equal one before only waits for young events", async () => {
    const { world, works } = outage();
    const hook = await addEndpoint(world);
    const first = await begin(world);
    await first.step();
    expect(await first.read()).toMatchObject({ status: "waiting", resent: 0 });
    await hook.send(2);
    await giveUp(world, hook.endpoint.id);
    works();
    world.clock.move(1_000);
    const again = await begin(world);
    expect(again.id).not.toBe(first.id);
    await again.step();
    await hook.wake();
    expect(world.webhookClient.ledger).toHaveLength(4);
    world.clock.move(1_000_000);
    for (const each of [first, again]) await each.step();
    for (const each of [first, again]) await each.step();
    expect([await first.read(), await again.read()]).toMatchObject([
      { status: "finished", resent: 0 },
      { status: "finished", resent: 2 },
    ]);
    expect(await world.recoveries.running()).toEqual([]);
    expect(world.webhookClient.ledger).toHaveLength(4);
  });

  it("the order of types and statuses does not make another request", async () => {
    const world = memoryWorld();
    const first = await createRecovery(world, "acme", { statuses: ["exhausted", "cancelled"], types: ["a", "b"] });
    const same = await createRecovery(world, "acme", { statuses: ["cancelled", "exhausted"], types: ["b", "a"] });
    expect(same.recovery.id).toBe(first.recovery.id);
  });

  it("two equal requests at the same moment begin one recovery", async () => {
    const world = memoryWorld();
    const both = await Promise.allSettled([1, 2].map(() => createRecovery(world, "acme", MISSED)));
    const created = both.flatMap((one) => (one.status === "fulfilled" ? [one.value.recovery.id] : []));
    expect(new Set(created).size).toBe(1);
    expect(await world.recoveries.running("acme")).toHaveLength(1);
  });

  it("a request with an Idempotency-Key gets the same recovery again, also after that has finished", async () => {
    const world = memoryWorld();
    const key = { key: "k", hash: "h" };
    const first = await createRecovery(world, "acme", MISSED, key);
    await world.recoveries.end(first.recovery);
    const again = await createRecovery(world, "acme", MISSED, key);
    expect(again).toMatchObject({ isReplay: true, recovery: { id: first.recovery.id } });
    await expect(createRecovery(world, "acme", MISSED, { key: "k", hash: "other" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
  });

  it("a request with an Idempotency-Key that was answered with a running recovery is answered so again", async () => {
    const world = memoryWorld();
    const running = await createRecovery(world, "acme", MISSED);
    for (let n = 0; n < 2; n++) {
      const { recovery } = await createRecovery(world, "acme", MISSED, { key: "k", hash: "h" });
      expect(recovery.id).toBe(running.recovery.id);
    }
  });

  it("a request whose first step could not be queued is begun by its repeat", async () => {
    const world = memoryWorld();
    const { recover } = world.queue;
    const key = { key: "k", hash: "h" };
    world.queue.recover = () => Promise.reject(new Error("unavailable"));
    await expect(createRecovery(world, "acme", MISSED, key)).rejects.toThrow("unavailable");
    world.queue.recover = recover;
    const { recovery } = await createRecovery(world, "acme", MISSED, key);
    expect(world.queue.recoveries).toMatchObject([{ id: recovery.id }]);
    expect(await world.recoveries.running("acme")).toHaveLength(1);
  });

  it("recoveries are listed newest first, page by page", async () => {
    const world = memoryWorld();
    const ids: string[] = [];
    for (const type of ["a", "b", "c"]) {
      ids.unshift((await createRecovery(world, "acme", { ...MISSED, types: [type] })).recovery.id);
      world.clock.move(1);
    }
    const first = await listRecoveries(world, "acme", { limit: 2 });
    const second = await listRecoveries(world, "acme", { limit: 2, before: first.next ?? "" });
    expect([...first.items, ...second.items].map(({ recovery }) => recovery.id)).toEqual(ids);
    expect(second.next).toBeUndefined();
  });

  it("an estimate that does not reach the end says so", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    await hook.send(LIMITS.estimateDeliveries + 1);
    world.clock.move(1);
    const estimate = await dryRunOf(world, { statuses: ["pending"] });
    expect(estimate).toEqual({ deliveries: LIMITS.estimateDeliveries, isComplete: false });
  });
});

describe("the estimate of a recovery", () => {
  it("an estimate of failed deliveries reads the index of what did not succeed, and no other event", async () => {
    let status = 200;
    const world = memoryWorld(() => ({ status }));
    const hook = await addEndpoint(world);
    await hook.send(40);
    status = 400;
    await hook.send(1, { type: "rejected" });
    world.clock.move(1_000);
    const found: number[] = [];
    const { find } = world.log;
    world.log.find = (account, ids) => {
      found.push(ids.length);
      return find(account, ids);
    };
    world.log.oldest = () => Promise.reject(new Error("The log is not read"));
    expect(await dryRunOf(world, { statuses: ["pending"] })).toEqual({ deliveries: 1, isComplete: true });
    expect(found).toEqual([1]);
    expect(await dryRunOf(world, { statuses: ["exhausted", "cancelled"] })).toEqual({
      deliveries: 0,
      isComplete: true,
    });
    await expect(dryRunOf(world, { statuses: ["delivered"] })).rejects.toThrow("The log is not read");
  });
});
