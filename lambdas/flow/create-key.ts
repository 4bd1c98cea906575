import { newId } from "../core/ids.ts";
import { ACCOUNT, hashOf, type Key, type Scope } from "../core/key.ts";
import type { Clock, Dice, Keys } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly keys: Keys;
}

const SECRET_BYTES = 32;

/**
 * Makes a key and answers with its secret, which is stored nowhere.
 * @param account whose it is; `undefined` makes an operator's, which acts for any account
 * @throws {RangeError} when `account` is no account's name
 */
export async function createKey(
  { clock, dice, keys }: World,
  account: string | undefined,
  scopes: readonly Scope[],
): Promise<{ key: Key; secret: string }> {
  if (account !== undefined && !ACCOUNT.test(account))
    throw new RangeError(`Cannot make a key for the account "${account}": its name must be 1-64 of A-Z a-z 0-9 _ -`);
  const now = clock.now();
  const secret = Buffer.from(dice.bytes(SECRET_BYTES)).toString("base64url");
  const key: Key = {
    id: newId("key", now, dice.random),
    ...(account !== undefined && { account }),
    scopes,
    secretHash: hashOf(secret),
    createdAt: now,
  };
  await keys.add(key);
  return { key, secret };
}
