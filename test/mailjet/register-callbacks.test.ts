import { describe, expect, it } from "vitest";
import { deleteAccount } from "../../lambdas/accounts/delete-account.ts";
import { eraseAccounts } from "../../lambdas/accounts/erase-accounts.ts";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import {
  changeCallback,
  deleteCallback,
  registerCallback,
  removeEndpoint,
} from "../../lambdas/mailjet/change-callbacks.ts";
import { findCallback, listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import { CALLBACK_TYPE_NAMES } from "../../lambdas/mailjet/model/callback.ts";
import { memoryKeys } from "../memory/keys.ts";
import { memoryWorld } from "../support/memory-world.ts";
import {
  A,
  ACCOUNT,
  B,
  endpointsOf,
  MINUTE_MS,
  move,
  register,
  send,
  specOf,
  suspend,
  targetsOf,
} from "./callback-steps.ts";

describe("callbacks and their endpoints", () => {
  it("callbacks are created, changed and deleted even if the write was sent twice because its answer was lost", async () => {
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

  it("callbacks with the same target share one endpoint, even if they are registered at the same time", async () => {
    const world = memoryWorld();
    await Promise.all(CALLBACK_TYPE_NAMES.map((type) => register(world, type)));
    expect(await targetsOf(world)).toEqual([[A, ...CALLBACK_TYPE_NAMES].join(" ")]);
    expect(await endpointsOf(world)).toMatchObject([
      { preset: "mailjet", format: "mailjet", success: "200", retrySchedule: "mailjet", managedBy: "callbacks" },
    ]);
    expect((await listCallbacks(world, ACCOUNT)).map(({ callback }) => callback.id)).toHaveLength(11);
  });

  it("an endpoint keeps its id, secret and pending deliveries when a type joins or leaves", async () => {
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

  it("a type always has an endpoint while its callback moves", async () => {
    const world = memoryWorld();
    await register(world, "open");
    await register(world, "click");
    const subscribed: boolean[] = [];
    const { replace, add } = world.endpoints;
    const check = async () =>
      void subscribed.push((await endpointsOf(world)).some(({ eventTypes }) => eventTypes.includes("open")));
    const watched = {
      ...world,
      endpoints: {
        ...world.endpoints,
        replace: async (...args: Parameters<typeof replace>) => replace(...args).finally(check),
        add: async (...args: Parameters<typeof add>) => add(...args).finally(check),
      },
    };
    await move(watched, 1, B);
    expect(subscribed).toEqual([true, true]);
    expect(await targetsOf(world)).toEqual([`${A} click`, `${B} open`]);
  });

  it("a callback is dead while its endpoint is suspended or paused, and Status alive resumes it", async () => {
    const world = memoryWorld();
    const { endpoint } = await register(world, "open");
    const setAlive = (isAlive: boolean) =>
      changeCallback(world, ACCOUNT, 1, ({ eventType, url, version, isBackup }) => ({
        eventType,
        url,
        version,
        isBackup,
        isAlive,
      }));
    const status = async () => (await world.states.read([endpoint.id])).get(endpoint.id)?.status;
    expect([(await setAlive(false)).isAlive, await status()]).toEqual([false, "paused"]);
    expect([(await setAlive(true)).isAlive, await status()]).toEqual([true, "active"]);
    await suspend(world, endpoint.id);
    expect([(await setAlive(false)).isAlive, await status()]).toEqual([false, "suspended"]);
    await setAlive(true);
    await pauseEndpoint(world, ACCOUNT, endpoint.id);
    expect((await findCallback(world, ACCOUNT, { eventType: "open", isBackup: false })).isAlive).toBe(false);
    expect((await registerCallback(world, ACCOUNT, { ...specOf("click"), isAlive: true }, 7)).isAlive).toBe(true);
  });

  it("a backup callback replaces the callbacks of its type, in any order of registration", async () => {
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

describe("refused changes", () => {
  it.each([
    ["a forbidden address", "ADDRESS_FORBIDDEN", { guard: { refusal: async () => "it is private" } }, 0],
    ["more endpoints than the limit", "ENDPOINT_LIMIT_REACHED", {}, 50],
  ])("registering a callback changes nothing if it needs %s", async (_, code, more, endpoints) => {
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

  it("callbacks of an account that is being deleted are refused, and the existing ones are erased", async () => {
    const world = { ...memoryWorld(), keys: memoryKeys(), eraseAfterMs: 120_000 };
    await register(world, "open");
    await deleteAccount({ ...world, operatorAccount: "operator" }, ACCOUNT);
    await expect(register(world, "click", B)).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
    await eraseAccounts(world, world.clock.now() + MINUTE_MS);
    expect(await endpointsOf(world)).toEqual([]);
    expect(await listCallbacks(world, ACCOUNT)).toEqual([]);
    expect((await world.callbacks.read(ACCOUNT)).version).toBe(0);
  });

  it("the native API cannot change the url, types or backups of a callback's endpoint, but all other fields", async () => {
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

describe("an endpoint that is deleted through the native API", () => {
  it("deleting an endpoint through the native API deletes its callbacks", async () => {
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
