import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import { RappelError } from "../shared/errors.ts";
import { findAccount } from "./find-account.ts";
import type { Account } from "./model/account.ts";

interface Ports {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly operatorAccount: string;
}

/**
 * Starts the deletion of an account, which `erase-accounts.ts` carries out in the background: from now on its events are neither accepted nor dispatched. A repeat
 * continues the same deletion.
 * @throws {RappelError} `ACCOUNT_NOT_FOUND`; `ACCOUNT_PROTECTED` for the operator's account, which gets all operational webhooks
 */
export async function deleteAccount(ports: Ports, id: string): Promise<Account> {
  const { accounts, clock, operatorAccount } = ports;
  if (id === operatorAccount)
    throw new RappelError(
      "ACCOUNT_PROTECTED",
      `The account ${id} cannot be deleted: it receives the operational webhooks of all accounts`,
    );
  const account = await findAccount(ports, id);
  if (account.deletion?.phase === "done") return account;
  await accounts.beginDeletion(id, clock.now());
  return accounts.find(id);
}
