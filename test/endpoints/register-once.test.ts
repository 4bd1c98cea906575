import { describe, expect, it } from "vitest";
import { registerOnce } from "../../lambdas/endpoints/register-once.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { endpointWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const KEY = { key: "k", hash: "h" };
const once = (world: MemoryWorld, key: { key: string; hash: string } | undefined = KEY) =>
  registerOnce(world, "acme", endpointWith({}), key);
const REQUEST_MS = LIMITS.requestSeconds * 1_000;

describe("registering a URL with an Idempotency-Key", () => {
  it("a repeat gets the same endpoint with the same secret, and no second one is registered", async () => {
    const world = memoryWorld();
    const [first, second] = [await once(world), await once(world)];
    expect([first.isReplay, second.isReplay]).toEqual([false, true]);
    expect(second.endpoint).toEqual(first.endpoint);
    expect(await world.endpoints.list("acme")).toHaveLength(1);
  });

  it("requests without a key, or with another one, register an endpoint each", async () => {
    const world = memoryWorld();
    for (const key of ["a", "b"]) await once(world, { ...KEY, key });
    for (let n = 0; n < 2; n++) await registerOnce(world, "acme", endpointWith({}), undefined);
    expect(await world.endpoints.list("acme")).toHaveLength(4);
  });

  it("a different request with the same key is refused", async () => {
    const world = memoryWorld();
    await once(world);
    await expect(once(world, { ...KEY, hash: "other" })).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("a repeat while the first request is running is asked to wait", async () => {
    const world = memoryWorld();
    world.endpoints.add = () => new Promise(() => {});
    void once(world);
    await Promise.resolve();
    await expect(once(world)).rejects.toMatchObject({ code: "REQUEST_IN_PROGRESS" });
  });

  it.each(["before", "after"] as const)(
    "a request that crashed %s the write is completed by its repeat",
    async (when) => {
      const world = memoryWorld();
      const { add } = world.endpoints;
      const { complete } = world.claims;
      // A crash: nothing more happens, not even the release of the claim.
      world.claims.release = async () => {};
      world.claims.complete = async () => {};
      world.endpoints.add = async (...args) => {
        if (when === "after") await add(...args);
        throw new Error("killed");
      };
      await expect(once(world)).rejects.toThrow("killed");
      Object.assign(world.endpoints, { add });
      Object.assign(world.claims, { complete });
      world.clock.move(REQUEST_MS);
      const [repeat, again] = [await once(world), await once(world)];
      expect([repeat.isReplay, again.isReplay]).toEqual([when === "after", true]);
      expect(again.endpoint.id).toBe(repeat.endpoint.id);
      expect(await world.endpoints.list("acme")).toHaveLength(1);
    },
  );

  it("the repeat of a crashed registration of a backup wakes up the suspended endpoint that it backs up", async () => {
    const world = memoryWorld();
    const main = await addEndpoint(world);
    await world.states.update(main.endpoint.id, { set: { status: "suspended" } });
    const config = endpointWith({ backupOf: [main.endpoint.id] });
    const { add } = world.endpoints;
    Object.assign(world.claims, { release: async () => {} });
    world.endpoints.add = async (...args) => {
      await add(...args);
      throw new Error("killed");
    };
    await expect(registerOnce(world, "acme", config, KEY)).rejects.toThrow("killed");
    Object.assign(world.endpoints, { add });
    world.clock.move(REQUEST_MS);
    expect((await main.state()).wakeAt).toBeUndefined();
    expect((await registerOnce(world, "acme", config, KEY)).isReplay).toBe(true);
    expect((await main.state()).wakeAt).toBeDefined();
  });

  it("after an error the request can be repeated at once", async () => {
    const world = memoryWorld();
    world.guard.refusal = async () => "it is private";
    await expect(once(world)).rejects.toMatchObject({ code: "ADDRESS_FORBIDDEN" });
    world.guard.refusal = async () => undefined;
    expect((await once(world)).isReplay).toBe(false);
  });

  it("a repeat after the endpoint was deleted is answered 404", async () => {
    const world = memoryWorld();
    const { endpoint } = await once(world);
    await world.deleteEndpoint(world, "acme", endpoint.id);
    await expect(once(world)).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    expect(await world.endpoints.list("acme")).toEqual([]);
  });
});
