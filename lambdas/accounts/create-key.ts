import type { Accounts, Keys } from "../ports/accounts.ts";
import type { Clock, Random } from "../ports/clock.ts";
import { newId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { requireNotDeleted } from "./find-account.ts";
import { ACCOUNT } from "./model/account.ts";
import { hashOf, type Key, type NewKey } from "./model/key.ts";
import { newSecret } from "./model/secret.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
  readonly accounts: Accounts;
}

/**
 * Creates a key and returns its secret, which is not stored.
 * @param account the key's account; `undefined` creates an operator's key, which acts for any account
 * @throws {RangeError} if `account` is not a valid account name; {RappelError} `ACCOUNT_DELETED`
 */
export async function createKey(
  { clock, random, keys, accounts }: Ports,
  account: string | undefined,
  { scopes, name = "", validUntil }: NewKey,
): Promise<{ key: Key; secret: string }> {
  if (account !== undefined && !ACCOUNT.test(account))
    throw new RangeError(`Cannot create a key for the account "${account}": its name must be 1-64 of A-Z a-z 0-9 _ -`);
  const now = clock.now();
  const secret = newSecret(random);
  const key: Key = {
    id: newId("key", now, random.next),
    ...(account !== undefined && { account }),
    scopes,
    name,
    prefix: secret.slice(0, LIMITS.keyPrefixChars),
    secretHash: hashOf(secret),
    createdAt: now,
    ...(validUntil !== undefined && { validUntil }),
  };
  if (account !== undefined) {
    requireNotDeleted(await accounts.find(account));
    await accounts.register(account, now);
  }
  await keys.add(key);
  return { key, secret };
}
