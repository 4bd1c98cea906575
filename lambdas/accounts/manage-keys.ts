import type { Accounts, Keys } from "../ports/accounts.ts";
import type { Clock, Random } from "../ports/clock.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { createKey } from "./create-key.ts";
import { findAccount } from "./find-account.ts";
import { isValid, type Key, type NewKey, type Scope } from "./model/key.ts";

interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
  readonly accounts: Accounts;
}

/**
 * Makes a key of an account: two of the same scopes may be valid at a time, one in use and one to change to.
 * Those that are valid no longer go.
 * @param own the key that asks: it can give no scope that it has not, and nothing that outlives it
 * @throws {RappelError} `SCOPE_MISSING`, `KEY_LIMIT_REACHED`, `FIELDS_INVALID`, `ACCOUNT_DELETED`
 */
export async function createAccountKey(
  world: World,
  account: string,
  wish: NewKey,
  own: Pick<Key, "scopes" | "validUntil">,
): Promise<{ key: Key; secret: string }> {
  const now = world.clock.now();
  const missing = wish.scopes.find((scope) => !own.scopes.includes(scope));
  if (missing !== undefined)
    throw new RappelError("SCOPE_MISSING", `A key cannot give the scope "${missing}", which it does not have itself`);
  if (wish.validUntil !== undefined && wish.validUntil <= now)
    throw new RappelError("FIELDS_INVALID", "A key must be valid for a while", {
      errors: [{ pointer: "/expiresAt", detail: "is in the past", allowed: "a time to come" }],
    });
  const keys = await world.keys.list(account);
  for (const key of keys) if (!isValid(key, now)) await world.keys.remove(key);
  const same = keys.filter((key) => isValid(key, now) && isSame(key.scopes, wish.scopes));
  if (same.length >= LIMITS.keysPerScopes)
    throw new RappelError(
      "KEY_LIMIT_REACHED",
      `The account has ${same.length} valid keys with these scopes, ${same.map(({ id }) => id).join(" and ")}: delete one first`,
    );
  const { validUntil: ownEnd = Number.POSITIVE_INFINITY } = own;
  const validUntil = Math.min(wish.validUntil ?? Number.POSITIVE_INFINITY, ownEnd);
  return createKey(world, account, { ...wish, ...(Number.isFinite(validUntil) && { validUntil }) });
}

/** @throws {RappelError} `ACCOUNT_NOT_FOUND` */
export async function listAccountKeys({ accounts, keys }: World, account: string): Promise<{ items: Key[] }> {
  await findAccount({ accounts }, account);
  return { items: await keys.list(account) };
}

/** It is refused from now on, by whoever has read it a moment ago within 30 s. @throws {RappelError} `KEY_NOT_FOUND` */
export async function deleteAccountKey({ keys }: World, account: string, id: string): Promise<void> {
  const key = await keys.find(id);
  if (key?.account !== account) throw new RappelError("KEY_NOT_FOUND", "The account has no key with this id");
  await keys.remove(key);
}

function isSame(some: readonly Scope[], others: readonly Scope[]): boolean {
  return some.length === others.length && some.every((scope) => others.includes(scope));
}
