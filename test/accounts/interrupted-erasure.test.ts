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
  it("erasure continues after runs that crashed at any call", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), async (crashes) => {
        const world = await twoAccounts();
        await requestDeletion(world);
        const left = [...crashes];
        const done = await runUntilDone(world, () => crashingAfter(world, left.shift()));
        expect(done.deletion).toMatchObject({ phase: "done", endpoints: [] });
        expect(await remains(world, "leaving")).toEqual({ keys: 0, endpoints: 0, events: 0, counted: 0 });
        expect(await remains(world, "other")).toEqual({ keys: 1, endpoints: 2, events: 7, counted: 7 });
      }),
      { numRuns: 60 },
    );
  });

  it("erasure reports its progress and continues in the next run", async () => {
    const world = await twoAccounts(300);
    await requestDeletion(world);
    const slow = slowlyErasing(world);
    for (let minute = 0; minute < 3; minute++) {
      await eraseAccounts(slow, world.clock.now() + 1_000);
      world.clock.move(MINUTE_MS);
      await runRounds(world);
    }
    expect((await world.accounts.find("leaving")).deletion).toMatchObject({ phase: "erasing", eventsErased: 250 });
    expect(await remains(world, "leaving")).toEqual({ keys: 0, endpoints: 0, events: 50, counted: 300 });
    expect((await runUntilDone(world)).deletion).toMatchObject({ phase: "done", eventsErased: 300 });
  });

  it("keys and endpoints are deleted at once, even while the erasure of a large account uses all the time", async () => {
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

  it("erasure continues with the other accounts if one fails, and then throws", async () => {
    const world = await twoAccounts();
    for (const id of ["leaving", "other"]) await deleteAccount({ ...world, operatorAccount: "operator" }, id);
    const { list } = world.endpoints;
    const failing = {
      ...world,
      endpoints: {
        ...world.endpoints,
        list: (account: string) => (account === "leaving" ? Promise.reject(new Error("unavailable")) : list(account)),
      },
    };
    await expect(eraseAccounts(failing, world.clock.now() + 50_000)).rejects.toThrow("unavailable");
    expect(await world.keys.list("other")).toEqual([]);
  });
});

/** Dependencies that take 2 s for each page of events. */
function slowlyErasing(world: World): World {
  const { traces } = world.log;
  return {
    ...world,
    log: {
      ...world.log,
      traces: (...args: Parameters<typeof traces>) => {
        world.clock.move(2_000);
        return traces(...args);
      },
    },
  };
}

/** Dependencies that crash at the `calls`-th call of a port, before or after it is carried out. */
function crashingAfter(world: World, calls: number | undefined): World {
  if (calls === undefined) return world;
  let left = calls;
  const crashing = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const call: unknown = Reflect.get(target, name, receiver);
        if (typeof call !== "function") return call;
        return async (...args: unknown[]) => {
          if (left-- === 0 && calls % 2 === 0) throw new Error("crashed before");
          if (left < -1) throw new Error("crashed");
          const done: unknown = await Reflect.apply(call, target, args);
          if (left === -1 && calls % 2 === 1) throw new Error("crashed after");
          return done;
        };
      },
    });
  return {
    ...world,
    accounts: crashing(world.accounts),
    keys: crashing(world.keys),
    endpoints: crashing(world.endpoints),
    states: crashing(world.states),
    log: crashing(world.log),
    deliveries: crashing(world.deliveries),
    claims: crashing(world.claims),
  };
}
