import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import {
  MINUTE_MS,
  remains,
  requestDeletion,
  runRounds,
  runUntilDone,
  twoAccounts,
  type World,
} from "./two-accounts.ts";

describe("erasing accounts", () => {
  it("goes on where a run has died, whatever it was doing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), async (deaths) => {
        const world = await twoAccounts();
        await requestDeletion(world);
        const left = [...deaths];
        const done = await runUntilDone(world, () => dyingAfter(world, left.shift()));
        expect(done.deletion).toMatchObject({ phase: "done", endpoints: [] });
        expect(await remains(world, "doomed")).toEqual({ keys: 0, endpoints: 0, events: 0, counted: 0 });
        expect(await remains(world, "other")).toEqual({ keys: 1, endpoints: 2, events: 7, counted: 7 });
      }),
      { numRuns: 60 },
    );
  });

  it("tells how far it has come, and leaves the rest to the next run", async () => {
    const world = await twoAccounts(300);
    await requestDeletion(world);
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
    await requestDeletion(world);
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
