import type { Accounts, Keys } from "../ports/accounts.ts";
import type { Clock, Random } from "../ports/clock.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { createKey } from "./create-key.ts";
import { findAccount } from "./find-account.ts";
import { hasScope, isValid, type Key, type NewKey, type Scope } from "./model/key.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
  readonly accounts: Accounts;
}

/**
 * Creates a key of an account and removes its expired keys. Two keys with the same scopes may be valid at the same time: one
 * in use and one to change to.
 * @param caller the caller's key: the new key gets no scope that it lacks, and does not outlive it
 * @throws {RappelError} `SCOPE_MISSING`, `KEY_LIMIT_REACHED`, `FIELDS_INVALID`, `ACCOUNT_DELETED`
 */
export async function createAccountKey(
  ports: Ports,
  account: string,
  request: NewKey,
  caller: Pick<Key, "scopes" | "validUntil">,
): Promise<{ key: Key; secret: string }> {
  const now = ports.clock.now();
  const missing = request.scopes.find((scope) => !hasScope(caller.scopes, scope));
  if (missing !== undefined)
    throw new RappelError("SCOPE_MISSING", `This key cannot grant the scope "${missing}", because it does not have it`);
  if (request.validUntil !== undefined && request.validUntil <= now)
    throw new RappelError("FIELDS_INVALID", "`expiresAt` is in the past", {
      errors: [{ pointer: "/expiresAt", detail: "is in the past", allowed: "a time in the future" }],
    });
  const keys = await ports.keys.list(account);
  for (const key of keys) if (!isValid(key, now)) await ports.keys.remove(key);
  const same = keys.filter((key) => isValid(key, now) && isSame(key.scopes, request.scopes));
  if (same.length >= LIMITS.keysPerScopes)
    throw new RappelError(
      "KEY_LIMIT_REACHED",
      `The account has ${same.length} valid keys with these scopes, ${same.map(({ id }) => id).join(" and ")}: delete one first`,
    );
  const { validUntil: callerUntil = Number.POSITIVE_INFINITY } = caller;
  const validUntil = Math.min(request.validUntil ?? Number.POSITIVE_INFINITY, callerUntil);
  return createKey(ports, account, { ...request, ...(Number.isFinite(validUntil) && { validUntil }) });
}

/** @throws {RappelError} `ACCOUNT_NOT_FOUND` */
export async function listAccountKeys({ accounts, keys }: Ports, account: string): Promise<{ items: Key[] }> {
  await findAccount({ accounts }, account);
  return { items: await keys.list(account) };
}

/** Deletes a key. Functions that have it in their cache refuse it after at most 30 s. @throws {RappelError} `KEY_NOT_FOUND` */
export async function deleteAccountKey({ keys }: Ports, account: string, id: string): Promise<void> {
  const key = await keys.find(id);
  if (key?.account !== account) throw new RappelError("KEY_NOT_FOUND", "The account has no key with this id");
  await keys.remove(key);
}

function isSame(a: readonly Scope[], b: readonly Scope[]): boolean {
  return a.length === b.length && a.every((scope) => b.includes(scope));
}
