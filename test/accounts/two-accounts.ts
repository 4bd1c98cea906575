import { createKey } from "../../lambdas/accounts/create-key.ts";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import type { Account } from "../../lambdas/accounts/model/account.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { eventCounter } from "../../lambdas/stats/count-events.ts";
import { memoryKeys } from "../memory/keys.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

export type World = MemoryWorld & { readonly keys: ReturnType<typeof memoryKeys>; readonly eraseAfterMs: number };
export const MINUTE_MS = 60_000;

/** Creates two accounts with a key, a healthy URL, a failing URL, and delivered and pending events. */
export async function twoAccounts(count = 7): Promise<World> {
  const world = {
    ...memoryWorld(({ url }) => ({ status: url.includes("failing") ? 500 : 200 })),
    keys: memoryKeys(),
    eraseAfterMs: 120_000,
  };
  for (const account of ["leaving", "other"]) {
    await createKey(world, account, { scopes: ["send"] });
    for (const url of ["https://example.com/failing", "https://example.com/healthy"]) {
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

/** Runs each retry round that is due, as the wakes queue and the sweeper would. */
export async function runRounds(world: World): Promise<void> {
  world.wakes.push(...(await world.states.overdue(world.clock.now() - 2 * MINUTE_MS, 100)));
  for (const wake of world.wakes.splice(0)) {
    if (wake.wakeAt <= world.clock.now()) await retryRoundRunner(world)(wake, world.clock.now() + MINUTE_MS);
    else world.wakes.push(wake);
  }
}

/** Counts all data of an account. */
export async function remains(world: World, account: string) {
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

export async function runUntilDone(world: World, erasing: () => World = () => world): Promise<Account> {
  for (let minutes = 0; minutes < 60; minutes++) {
    const account = await world.accounts.find("leaving");
    if (account.deletion?.phase === "done") return account;
    await eraseAccounts(erasing(), world.clock.now() + 50_000).catch(() => undefined);
    world.clock.move(MINUTE_MS);
    await runRounds(world);
  }
  return world.accounts.find("leaving");
}

export const requestDeletion = (world: World) => deleteAccount({ ...world, operatorAccount: "operator" }, "leaving");
