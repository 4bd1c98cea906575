import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { toSuspended } from "../../lambdas/endpoints/model/endpoint-transitions.ts";
import { managedFieldsOf } from "../../lambdas/endpoints/model/managed-fields.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import {
  changeCallback,
  deleteCallback,
  registerCallback,
  removeEndpoint,
} from "../../lambdas/mailjet/change-callbacks.ts";
import { findCallback, listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import { CALLBACK_TYPE_NAMES, type CallbackSpec } from "../../lambdas/mailjet/model/callback.ts";
import { managedFieldsByEndpoint } from "../../lambdas/mailjet/model/endpoint-of-callbacks.ts";
import { retryRoundsRunner } from "../../lambdas/retry/run-retry-round.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { memoryKeys } from "../../local/simulator/memory/keys.ts";
import { eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const ACCOUNT = "acme";
const A = "https://a.example/";
const B = "https://b.example/";
const MINUTE_MS = 60_000;
const wish = (eventType: CallbackSpec["eventType"], url = A, more: Partial<CallbackSpec> = {}): CallbackSpec => ({
  eventType,
  url,
  version: 1,
  isBackup: false,
  ...more,
});
const register = (world: MemoryWorld, ...[eventType, url, more]: Parameters<typeof wish>) =>
  registerCallback(world, ACCOUNT, wish(eventType, url, more), 7);
const move = (world: MemoryWorld, id: number, url: string) =>
  changeCallback(world, ACCOUNT, id, ({ eventType, version, isBackup }) => ({ eventType, version, isBackup, url }));
const endpointsOf = (world: MemoryWorld) => world.endpoints.list(ACCOUNT);
const targetsOf = async (world: MemoryWorld) =>
  (await endpointsOf(world)).map(({ url, eventTypes }) => [url, ...eventTypes].join(" ")).sort();
/** Sends an event, whose only URL may be dead: what it gets then waits. */
async function send(world: MemoryWorld, type: string) {
  const event = eventWith({ account: ACCOUNT, type, source: "mailjet", acceptedAt: world.clock.now() });
  await dispatcher(world)(
    [{ content: { account: ACCOUNT, events: [event] }, receives: 1 }],
    world.clock.now() + MINUTE_MS,
  );
  return event.id;
}
/** Lets these endpoints' rounds run for ten seconds. */
async function keepTheirPromises(world: MemoryWorld, ids: readonly string[]): Promise<void> {
  const keep = retryRoundsRunner(world);
  for (let seconds = 0; seconds < 10; seconds++) {
    for (const { endpoint, wakeAt } of (await world.states.read(ids)).values())
      if (wakeAt !== undefined && wakeAt <= world.clock.now())
        await keep([{ content: { endpoint, wakeAt } }], world.clock.now() + MINUTE_MS);
    world.clock.move(1_000);
  }
}
const suspend = async (world: MemoryWorld, id: string) => {
  const state = (await world.states.read([id])).get(id);
  if (state !== undefined) await world.states.update(id, toSuspended(state, world.clock.now(), "none worked"));
};

/** Nothing is left to do: the endpoints are what the callbacks say. */
async function expectSettled(world: MemoryWorld): Promise<void> {
  const parts = managedFieldsByEndpoint(await world.callbacks.read(ACCOUNT));
  const present = await endpointsOf(world);
  expect(new Map(present.map((endpoint) => [endpoint.id, managedFieldsOf(endpoint)]))).toEqual(parts);
  const states = await world.states.read([...parts.keys()]);
  expect([...states.values()].map(({ status }) => status)).toEqual(
    [...parts].map(() => expect.not.stringMatching("deleted")),
  );
}

describe("callbacks and their endpoints", () => {
  it("are made, changed and deleted where the answer to the write was lost, and the write was sent again", async () => {
    const world = memoryWorld();
    const { replace } = world.callbacks;
    world.callbacks.replace = async (account, callbackSet) => {
      await replace(account, callbackSet);
      return replace(account, callbackSet);
    };
    const { callback } = await register(world, "open");
    expect((await move(world, callback.id, B)).callback).toMatchObject({ id: callback.id, url: B });
    await deleteCallback(world, ACCOUNT, callback.id);
    expect(await listCallbacks(world, ACCOUNT)).toEqual([]);
  });

  it("that agree share one endpoint, also where all are registered at once", async () => {
    const world = memoryWorld();
    await Promise.all(CALLBACK_TYPE_NAMES.map((type) => register(world, type)));
    expect(await targetsOf(world)).toEqual([[A, ...CALLBACK_TYPE_NAMES].join(" ")]);
    expect(await endpointsOf(world)).toMatchObject([
      { preset: "mailjet", format: "mailjet", success: "200", retrySchedule: "mailjet", managedBy: "callbacks" },
    ]);
    expect((await listCallbacks(world, ACCOUNT)).map(({ callback }) => callback.id)).toHaveLength(11);
  });

  it("keep endpoint, secret and what waits when a type joins or leaves", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    await register(world, "open");
    const [before] = await endpointsOf(world);
    const eventId = await send(world, "open");
    await register(world, "click");
    await deleteCallback(world, ACCOUNT, { eventType: "click", isBackup: false });
    const [after] = await endpointsOf(world);
    expect(after).toMatchObject({ id: before?.id, secrets: before?.secrets, eventTypes: ["open"] });
    expect(await world.deliveries.pending([{ endpoint: before?.id ?? "", eventId }])).toHaveLength(1);
  });

  it("take what waits along to a new url, and are revived by it", async () => {
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
    ["the whole row as it was read, dead, with another url", { url: B }, false],
    ["a url that is dead already, which it joins", { url: `${A}/dead` }, undefined],
  ] as const)("are revived, from a suspension and from a pause, by %s", async (_, elsewhere, isAlive) => {
    for (const fell of [suspend, (world: MemoryWorld, id: string) => pauseEndpoint(world, ACCOUNT, id)]) {
      const world = memoryWorld();
      const { endpoint } = await register(world, "open");
      const other = await register(world, "click", `${A}/dead`);
      for (const { id } of [endpoint, other.endpoint]) await fell(world, id);
      const changed = await changeCallback(world, ACCOUNT, 1, ({ eventType, version, isBackup }) => ({
        ...{ eventType, version, isBackup, url: A },
        ...elsewhere,
        ...(isAlive !== undefined && { isAlive }),
      }));
      expect(changed.isAlive).toBe(true);
      expect(await findCallback(world, ACCOUNT, 1)).toMatchObject({ isAlive: true });
    }
  });

  it("get what had waited for them at a Url that they shared, when the last callback of that is deleted", async () => {
    const got: string[] = [];
    const world = memoryWorld(({ url, headers }) => {
      if (url === A) return { status: 410, tookMs: 0 };
      got.push(`${url} ${headers["webhook-id"]}`);
      return { status: 200, tookMs: 0 };
    });
    const { endpoint } = await register(world, "open");
    await register(world, "click");
    const [opened, clicked] = [await send(world, "open"), await send(world, "click")];
    const moved = await move(world, 1, B);
    expect(moved.endpoint.id).not.toBe(endpoint.id);
    await deleteCallback(world, ACCOUNT, { eventType: "click", isBackup: false });
    const anew = await register(world, "click", "https://c.example/");
    await keepTheirPromises(world, [endpoint.id, moved.endpoint.id, anew.endpoint.id]);
    expect(got).toEqual([`${B} ${opened}`]);
    const [word] = await world.deliveries.ended([{ endpoint: endpoint.id, eventId: clicked }]);
    expect(word).toMatchObject({ status: "cancelled", reason: "deleted" });
    expect(await world.deliveries.oldest(endpoint.id, { limit: 10 })).toEqual([]);
  });

  it("take with them into their deletion what waits for them, however soon one of their type is registered anew", async () => {
    const got: string[] = [];
    const world = memoryWorld(({ url }) => {
      if (url !== A) got.push(url);
      return { status: url === A ? 410 : 200, tookMs: 0 };
    });
    const { endpoint } = await register(world, "open");
    const eventId = await send(world, "open");
    await deleteCallback(world, ACCOUNT, { eventType: "open", isBackup: false });
    const anew = await register(world, "open", B);
    await keepTheirPromises(world, [endpoint.id, anew.endpoint.id]);
    expect(got).toEqual([]);
    const [word] = await world.deliveries.ended([{ endpoint: endpoint.id, eventId }]);
    expect(word).toMatchObject({ status: "cancelled", reason: "deleted" });
  });

  it("leave nothing of theirs at an endpoint that is deleted by its id", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const { endpoint: old } = await register(world, "open");
    await register(world, "click");
    const eventId = await send(world, "open");
    const { endpoint: next } = await move(world, 1, B);
    await removeEndpoint(world, ACCOUNT, old.id);
    await keepTheirPromises(world, [old.id, next.id]);
    expect(await targetsOf(world)).toEqual([`${B} open`]);
    expect(await world.deliveries.ended([{ endpoint: old.id, eventId }])).toMatchObject([
      { status: "cancelled", reason: "deleted" },
    ]);
  });

  it("are refused once their account is deleted, whether they need an endpoint or find one", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await deleteAccount(world, ACCOUNT);
    for (const url of [A, B])
      await expect(register(world, "click", url)).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
    await expect(move(world, 1, B)).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
  });

  it("can be read and mended when one's Url has come to be forbidden, and whoever asks settles the others", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await register(world, "click", "https://c.example/");
    let asked = 0;
    world.guard.refusal = async (url) =>
      url.startsWith(B) && ++asked > 1 ? "its name resolves to an address that is not public" : undefined;
    await move(world, 1, B);
    await move(world, 2, "https://d.example/");
    expect(await targetsOf(world)).toEqual([`${B} open`, "https://d.example/ click"]);
    await move(world, 1, "https://e.example/");
    expect(await targetsOf(world)).toEqual(["https://d.example/ click", "https://e.example/ open"]);
  });

  it("take with them what still waits at a Url that they have left, when the last one of the new Url is deleted", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const { endpoint: old } = await register(world, "open");
    const { endpoint: next } = await register(world, "click", B);
    const eventId = await send(world, "open");
    await move(world, 1, B);
    for (const eventType of ["open", "click"] as const)
      await deleteCallback(world, ACCOUNT, { eventType, isBackup: false });
    await keepTheirPromises(world, [old.id, next.id]);
    expect(await targetsOf(world)).toEqual([]);
    expect(await world.deliveries.ended([{ endpoint: old.id, eventId }])).toMatchObject([
      { status: "cancelled", reason: "deleted" },
    ]);
  });

  it("lose nothing when they move one by one: what waits is delivered at the url of the last, then its endpoint goes", async () => {
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
    await world.deliveries.unpark([{ endpoint: old.id, eventId }]); // as when it is delivered
    await listCallbacks(world, ACCOUNT);
    expect(await targetsOf(world)).toEqual([`${B} click open`]);
    await expectSettled(world);
  });

  it("keep an endpoint that only delivers what waits for as long as a dispatch may still add to it", async () => {
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

  it("never leave a type without a URL while one moves", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await register(world, "click");
    const wanting: boolean[] = [];
    const { replace, add } = world.endpoints;
    const look = async () =>
      void wanting.push((await endpointsOf(world)).some(({ eventTypes }) => eventTypes.includes("open")));
    const watched = {
      ...world,
      endpoints: {
        ...world.endpoints,
        replace: async (...args: Parameters<typeof replace>) => replace(...args).finally(look),
        add: async (...args: Parameters<typeof add>) => add(...args).finally(look),
      },
    };
    await move(watched, 1, B);
    expect(wanting).toEqual([true, true]);
    expect(await targetsOf(world)).toEqual([`${A} click`, `${B} open`]);
  });

  it("are dead while suspended or paused, and are left as they are where that is what was asked", async () => {
    const world = memoryWorld();
    const { endpoint } = await register(world, "open");
    const ask = (isAlive: boolean) =>
      changeCallback(world, ACCOUNT, 1, ({ eventType, url, version, isBackup }) => ({
        eventType,
        url,
        version,
        isBackup,
        isAlive,
      }));
    const status = async () => (await world.states.read([endpoint.id])).get(endpoint.id)?.status;
    expect([(await ask(false)).isAlive, await status()]).toEqual([false, "paused"]);
    expect([(await ask(true)).isAlive, await status()]).toEqual([true, "failing"]);
    await suspend(world, endpoint.id);
    expect([(await ask(false)).isAlive, await status()]).toEqual([false, "suspended"]);
    await ask(true);
    await pauseEndpoint(world, ACCOUNT, endpoint.id);
    expect((await findCallback(world, ACCOUNT, { eventType: "open", isBackup: false })).isAlive).toBe(false);
    expect((await registerCallback(world, ACCOUNT, { ...wish("click"), isAlive: true }, 7)).isAlive).toBe(true);
  });

  it("that are backups stand in for those of their types, whichever come first", async () => {
    const world = memoryWorld();
    const { endpoint: backup } = await register(world, "open", B, { isBackup: true, version: 2 });
    expect(backup.backupOf).toEqual([]);
    const { endpoint: main } = await register(world, "open", A);
    expect(await world.endpoints.find(ACCOUNT, backup.id)).toMatchObject({
      backupOf: [main.id],
      group: { maxEvents: 100, maxBytes: 262_144, windowMs: 1_000 },
    });
    await deleteCallback(world, ACCOUNT, 2);
    expect(await world.endpoints.find(ACCOUNT, backup.id)).toMatchObject({ backupOf: [] });
  });
});

describe("what cannot be", () => {
  it.each([
    ["an address that is forbidden", "ADDRESS_FORBIDDEN", { guard: { refusal: async () => "it is private" } }, 0],
    ["more endpoints than the account may have", "ENDPOINT_LIMIT_REACHED", {}, 50],
  ])("is %s: nothing is changed then", async (_, code, more, endpoints) => {
    const world = { ...memoryWorld(), ...more };
    await world.accounts.put(
      ACCOUNT,
      { name: "", retentionDays: 1, limits: { endpoints: endpoints === 0 ? 9 : 1 } },
      1,
    );
    const allowed = { ...world, guard: { refusal: async () => undefined } };
    await register(allowed, "open");
    const before = await world.callbacks.read(ACCOUNT);
    await expect(register(world, "click", B)).rejects.toMatchObject({ code });
    await expect(
      move({ ...world, ...more }, 1, "https://c.example/").then(() => register(world, "spam", B)),
    ).rejects.toMatchObject({ code });
    expect((await world.callbacks.read(ACCOUNT)).callbacks).toEqual(before.callbacks);
  });

  it("is a callback of an account that is being deleted, and one's callbacks go with it", async () => {
    const world = { ...memoryWorld(), keys: memoryKeys(), eraseAfterMs: 120_000 };
    await register(world, "open");
    await deleteAccount({ ...world, operatorAccount: "operator" }, ACCOUNT);
    await expect(register(world, "click", B)).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
    await eraseAccounts(world, world.clock.now() + MINUTE_MS);
    expect(await endpointsOf(world)).toEqual([]);
    expect(await listCallbacks(world, ACCOUNT)).toEqual([]);
    expect((await world.callbacks.read(ACCOUNT)).version).toBe(0);
  });

  it("is another url or other types by the native API, which may change all else", async () => {
    const world = memoryWorld();
    const { endpoint } = await register(world, "open");
    const patch = (more: object) =>
      changeEndpoint(world, ACCOUNT, endpoint.id, ({ managedBy: _, ...present }) => ({ ...present, ...more }));
    for (const refused of [
      { url: B },
      { eventTypes: ["*"] },
      { backupOf: [] },
      { userinfo: { user: "u", password: "p" } },
    ])
      await expect(patch(refused)).rejects.toMatchObject({ code: "ENDPOINT_MANAGED_BY_CALLBACKS" });
    await patch({ timeoutMs: 9_000, encoding: "xml" });
    await register(world, "click");
    expect(await endpointsOf(world)).toMatchObject([
      { timeoutMs: 9_000, encoding: "xml", eventTypes: ["click", "open"], managedBy: "callbacks" },
    ]);
  });
});

describe("an endpoint that is deleted by the native API", () => {
  it("takes its callbacks with it, and is not made again", async () => {
    const world = memoryWorld();
    const { endpoint } = await register(world, "open");
    await register(world, "click");
    await register(world, "spam", B);
    await removeEndpoint(world, ACCOUNT, endpoint.id);
    expect((await listCallbacks(world, ACCOUNT)).map(({ callback }) => callback.eventType)).toEqual(["spam"]);
    expect(await targetsOf(world)).toEqual([`${B} spam`]);
    await expect(removeEndpoint(world, ACCOUNT, endpoint.id)).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
  });
});

/** One of the things that callers do. What is refused is done with. */
type Step = {
  readonly do: "add" | "move" | "delete" | "remove";
  readonly id: number;
  readonly url: string;
  readonly isBackup: boolean;
};
const anyStep: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom("add", "add", "move", "delete", "remove"),
  id: fc.integer({ min: 1, max: 4 }),
  url: fc.constantFrom(A, B),
  isBackup: fc.boolean(),
});
async function take(world: MemoryWorld, { do: what, id, url, isBackup }: Step, endpoint?: string): Promise<void> {
  if (what === "add") await register(world, CALLBACK_TYPE_NAMES[id % 3] ?? "open", url, { isBackup });
  else if (what === "move") await move(world, id, url);
  else if (what === "delete") await deleteCallback(world, ACCOUNT, id);
  else await removeEndpoint(world, ACCOUNT, endpoint ?? (await endpointsOf(world))[id - 1]?.id ?? "");
}
const REFUSALS = ["CALLBACK_EXISTS", "CALLBACK_NOT_FOUND", "ENDPOINT_NOT_FOUND"];
const unlessRefused = (error: unknown) => {
  if (!REFUSALS.includes(Reflect.get(Object(error), "code"))) throw error;
};

/** A world whose every call of a store is told first, and may be kept waiting or fail. */
function watchedWorld(world: MemoryWorld, before: () => Promise<void>): MemoryWorld {
  const watched = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        return typeof call === "function"
          ? async (...args: unknown[]) => {
              await before();
              return Reflect.apply(call, target, args);
            }
          : call;
      },
    });
  return {
    ...world,
    callbacks: watched(world.callbacks),
    endpoints: watched(world.endpoints),
    states: watched(world.states),
    timer: watched(world.timer),
  };
}

/** Most calls take a few turns, some so many that others do all of theirs meanwhile. */
function idling(seed: number): () => Promise<void> {
  const { next: random } = seededRandom(seed);
  return async () => {
    const longest = random() < 0.2 ? 200 : 5;
    for (let turns = Math.floor(random() * longest); turns > 0; turns--) await Promise.resolve();
  };
}

describe("whatever happens to changes of callbacks", () => {
  it("at the same moment, none undoes another: the endpoints are what the callbacks say when all are done", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 4 }),
        fc.array(anyStep, { minLength: 2, maxLength: 4 }),
        fc.integer(),
        async (first, then, seed) => {
          const world = memoryWorld();
          for (const step of first) await take(world, step).catch(unlessRefused);
          const slow = watchedWorld(world, idling(seed));
          await Promise.all(then.map((step) => take(slow, step).catch(unlessRefused)));
          await expectSettled(world);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("at the same moment, each gets its events from its answer on", async () => {
    const anyAdd = fc.record({ type: fc.constantFrom(...CALLBACK_TYPE_NAMES), url: fc.constantFrom(A, B) });
    const anyAdds = fc.uniqueArray(anyAdd, { minLength: 2, maxLength: 5, selector: ({ type }) => type });
    await fc.assert(
      fc.asyncProperty(anyAdds, fc.integer(), async (adds, seed) => {
        const world = memoryWorld();
        const answered: string[] = [];
        const idle = idling(seed);
        const slow = watchedWorld(world, async () => {
          await idle();
          const wanted = (await endpointsOf(world)).flatMap(({ eventTypes }) => eventTypes);
          expect(wanted).toEqual(expect.arrayContaining(answered));
        });
        await Promise.all(
          adds.map(async ({ type, url }) => {
            await register(slow, type, url);
            answered.push(type);
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("in a crash between any two writes, whoever looks or asks for the same next completes them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 5 }),
        anyStep,
        fc.integer({ min: 1, max: 25 }),
        fc.boolean(),
        async (first, last, dies, isLooking) => {
          const world = memoryWorld();
          for (const step of first) await take(world, step).catch(unlessRefused);
          let calls = 0;
          const dying = watchedWorld(world, async () => {
            if (++calls >= dies) throw new Error("the function was frozen");
          });
          const endpoint = (await endpointsOf(world))[last.id - 1]?.id ?? "";
          await take(dying, last, endpoint).catch(() => undefined);
          if (isLooking) await listCallbacks(world, ACCOUNT);
          else await take(world, last, endpoint).catch(unlessRefused);
          await expectSettled(world);
        },
      ),
      {
        numRuns: 500,
        // Once found: its endpoint was gone before what else follows from that was done, and nobody could ask for it again.
        examples: [
          [
            [false, true].map((isBackup) => ({ do: "add", id: 1, url: A, isBackup })),
            { do: "remove", id: 2, url: A, isBackup: false },
            11,
            false,
          ],
        ],
      },
    );
  });
});
