import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import type { Account } from "../../lambdas/accounts/model/account.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { eventCounter } from "../../lambdas/stats/count-events.ts";
import { memoryKeys } from "../../local/simulator/memory/keys.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

type World = MemoryWorld & { readonly keys: ReturnType<typeof memoryKeys>; readonly eraseAfterMs: number };
const MINUTE_MS = 60_000;

/** Two accounts alike: a key, a URL that works, one that is dead, events that were delivered and some that wait. */
async function twoAccounts(count = 7): Promise<World> {
  const world = {
    ...memoryWorld(({ url }) => ({ status: url.includes("dead") ? 500 : 200 })),
    keys: memoryKeys(),
    eraseAfterMs: 120_000,
  };
  for (const account of ["doomed", "other"]) {
    await createKey(world, account, { scopes: ["send"] });
    for (const url of ["https://example.com/dead", "https://example.com/well"]) {
      const endpoint = endpointWith({ account, url });
      await world.endpoints.add(endpoint, newState(endpoint.id, account, world.clock.now()));
    }
    const events = Array.from({ length: count }, (_, n) =>
      eventWith({ account, acceptedAt: world.clock.now() + n, eventId: `order-${n}` }),
    );
    for (const { account: owner, eventId = "", id } of events)
      await world.claims.claimEventId({ account: owner, eventId, id, hash: "h" }, world.clock.now());
    await dispatcher(world, eventCounter(world))(
      [{ content: { account, events }, receives: 1 }],
      world.clock.now() + MINUTE_MS,
    );
  }
  return world;
}

/** What the wakes queue and the sweeper do: each promised round runs when it is due. */
async function runRounds(world: World): Promise<void> {
  world.wakes.push(...(await world.states.overdue(world.clock.now() - 2 * MINUTE_MS, 100)));
  for (const wake of world.wakes.splice(0)) {
    if (wake.wakeAt <= world.clock.now()) await retryRoundRunner(world)(wake, world.clock.now() + MINUTE_MS);
    else world.wakes.push(wake);
  }
}

/** All that is left of an account. */
async function remains(world: World, account: string) {
  const { items } = await world.log.list(account, { limit: 100 });
  const endpoints = await world.endpoints.list(account);
  const windows = await world.stats.read("events", account, { from: 0, to: Number.MAX_SAFE_INTEGER });
  const types = windows.flatMap(({ counts }) => Object.entries(counts)).filter(([name]) => name.startsWith("type#"));
  return {
    counted: types.reduce((sum, [, count]) => sum + count, 0),
    keys: (await world.keys.list(account)).length,
    endpoints: endpoints.length,
    events: items.length,
  };
}

async function runUntilDone(world: World, erasing: () => World = () => world): Promise<Account> {
  for (let minutes = 0; minutes < 60; minutes++) {
    const account = await world.accounts.find("doomed");
    if (account.deletion?.phase === "done") return account;
    await eraseAccounts(erasing(), world.clock.now() + 50_000).catch(() => undefined);
    world.clock.move(MINUTE_MS);
    await runRounds(world);
  }
  return world.accounts.find("doomed");
}

const asked = (world: World) => deleteAccount({ ...world, operatorAccount: "operator" }, "doomed");

describe("deleting an account", () => {
  it("cancels what is pending, then erases all it had, and leaves another account whole", async () => {
    const world = await twoAccounts();
    const before = await remains(world, "other");
    const dead = (await world.endpoints.list("doomed")).find(({ url }) => url.includes("dead"))?.id ?? "";
    const { items: events } = await world.log.list("doomed", { limit: 100 });
    const waiting = events.map(({ id }) => ({ endpoint: dead, eventId: id }));
    expect(await world.deliveries.pending(waiting)).toHaveLength(7);
    expect((await asked(world)).deletion).toMatchObject({ phase: "cancelling", eventsErased: 0 });
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

  it("goes on where a run has died, whatever it was doing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), async (deaths) => {
        const world = await twoAccounts();
        await asked(world);
        const left = [...deaths];
        const done = await runUntilDone(world, () => dyingAfter(world, left.shift()));
        expect(done.deletion).toMatchObject({ phase: "done", endpoints: [] });
        expect(await remains(world, "doomed")).toEqual({ keys: 0, endpoints: 0, events: 0, counted: 0 });
        expect(await remains(world, "other")).toEqual({ keys: 1, endpoints: 2, events: 7, counted: 7 });
      }),
      { numRuns: 60 },
    );
  });

  it("waits until whoever had read the account before can write no more", async () => {
    const world = await twoAccounts();
    await asked(world);
    await eraseAccounts(world, world.clock.now() + 50_000);
    world.clock.move(1_000);
    await runRounds(world);
    await eraseAccounts(world, world.clock.now() + 50_000);
    expect(await remains(world, "doomed")).toEqual({ keys: 0, endpoints: 0, events: 7, counted: 7 });
    expect((await world.accounts.find("doomed")).deletion).toMatchObject({ phase: "cancelling", endpoints: [] });
  });

  it("tells how far it has come, and leaves the rest to the next run", async () => {
    const world = await twoAccounts(300);
    await asked(world);
    const slow = slowlyErasing(world);
    for (let minute = 0; minute < 3; minute++) {
      await eraseAccounts(slow, world.clock.now() + 1_000);
      world.clock.move(MINUTE_MS);
      await runRounds(world);
    }
    expect((await world.accounts.find("doomed")).deletion).toMatchObject({ phase: "erasing", eventsErased: 250 });
    expect(await remains(world, "doomed")).toEqual({ keys: 0, endpoints: 0, events: 50, counted: 300 });
    expect((await runUntilDone(world)).deletion).toMatchObject({ phase: "done", eventsErased: 300 });
  });

  it("has its keys deleted at once, also behind a large one that takes all the time", async () => {
    const world = await twoAccounts(300);
    await asked(world);
    for (let minute = 0; minute < 3; minute++) {
      await eraseAccounts(world, world.clock.now());
      world.clock.move(MINUTE_MS);
      await runRounds(world);
    }
    await deleteAccount({ ...world, operatorAccount: "operator" }, "other");
    await eraseAccounts(slowlyErasing(world), world.clock.now() + 1_000);
    expect(await world.keys.list("other")).toEqual([]);
    expect(await world.endpoints.list("other")).toEqual([]);
  });

  it("goes on for the others where one fails, and tells that it did", async () => {
    const world = await twoAccounts();
    for (const id of ["doomed", "other"]) await deleteAccount({ ...world, operatorAccount: "operator" }, id);
    const { list } = world.endpoints;
    const failing = {
      ...world,
      endpoints: {
        ...world.endpoints,
        list: (account: string) =>
          account === "doomed" ? Promise.reject(new Error("cannot be opened")) : list(account),
      },
    };
    await expect(eraseAccounts(failing, world.clock.now() + 50_000)).rejects.toThrow("cannot be opened");
    expect(await world.keys.list("other")).toEqual([]);
  });

  it("that a second run comes late with does not touch the account that was made anew", async () => {
    const world = await twoAccounts();
    await asked(world);
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
    await asked(world);
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

/** The world as a run sees it that takes 2 s for a page. */
function slowlyErasing(world: World): World {
  const { traces } = world.log;
  return {
    ...world,
    log: {
      ...world.log,
      traces: (...asked: Parameters<typeof traces>) => {
        world.clock.move(2_000);
        return traces(...asked);
      },
    },
  };
}

/** The world as a run sees it that dies at its `calls`-th call of a port, before or after that is done. */
function dyingAfter(world: World, calls: number | undefined): World {
  if (calls === undefined) return world;
  let left = calls;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const act: unknown = Reflect.get(target, name, receiver);
        if (typeof act !== "function") return act;
        return async (...args: unknown[]) => {
          if (left-- === 0 && calls % 2 === 0) throw new Error("died before");
          if (left < -1) throw new Error("dead");
          const done: unknown = await Reflect.apply(act, target, args);
          if (left === -1 && calls % 2 === 1) throw new Error("died after");
          return done;
        };
      },
    });
  return {
    ...world,
    accounts: mortal(world.accounts),
    keys: mortal(world.keys),
    endpoints: mortal(world.endpoints),
    states: mortal(world.states),
    log: mortal(world.log),
    deliveries: mortal(world.deliveries),
    claims: mortal(world.claims),
  };
}
