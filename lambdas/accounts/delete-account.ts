import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import { RappelError } from "../shared/errors.ts";
import { findAccount } from "./find-account.ts";
import type { Account } from "./model/account.ts";

interface World {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly operatorAccount: string;
}

/**
 * Has an account deleted in the background: from now on nothing of it is accepted or dispatched. RecordedCalls for again, it is the
 * same deletion.
 * @throws {RappelError} `ACCOUNT_NOT_FOUND`; `ACCOUNT_PROTECTED` for the operator's own, which all others' notices go to
 */
export async function deleteAccount(world: World, id: string): Promise<Account> {
  const { accounts, clock, operatorAccount } = world;
  if (id === operatorAccount)
    throw new RappelError(
      "ACCOUNT_PROTECTED",
      `The account ${id} gets what Rappel tells of all others: it cannot be deleted`,
    );
  const account = await findAccount(world, id);
  if (account.deletion?.phase === "done") return account;
  await accounts.beginDeletion(id, clock.now());
  return accounts.find(id);
}
