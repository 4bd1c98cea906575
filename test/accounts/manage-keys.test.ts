import { expect, it } from "vitest";
import { createAccountKey } from "../../lambdas/accounts/manage-keys.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { memoryKeys } from "../memory/keys.ts";
import { memoryWorld } from "../support/memory-world.ts";

const HOUR_MS = 3_600_000;
const operator = { scopes: SCOPES };

it("a key cannot be valid for longer than the key that created it", async () => {
  const world = { ...memoryWorld(), keys: memoryKeys() };
  const end = world.clock.now() + HOUR_MS;
  const creator = { scopes: SCOPES, validUntil: end };
  const make = async (validUntil?: number) =>
    (await createAccountKey(world, `a${validUntil}`, { scopes: ["read"], ...(validUntil && { validUntil }) }, creator))
      .key;
  expect((await make()).validUntil).toBe(end);
  expect((await make(end + 1)).validUntil).toBe(end);
  expect((await make(end - 1)).validUntil).toBe(end - 1);
  const { key } = await createAccountKey(world, "acme", { scopes: ["read"] }, operator);
  expect(key).not.toHaveProperty("validUntil");
});

it("creating a key removes the account's expired keys", async () => {
  const world = { ...memoryWorld(), keys: memoryKeys() };
  for (let n = 0; n < 20; n++) {
    const validUntil = world.clock.now() + 1;
    await createAccountKey(world, "acme", { scopes: ["send"], validUntil }, operator);
    world.clock.move(1);
  }
  expect(await world.keys.list("acme")).toHaveLength(1);
});
