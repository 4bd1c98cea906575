import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Page } from "../ports/page.ts";
import { RappelError } from "../shared/errors.ts";
import type { Account, AccountConfig } from "./model/account.ts";

interface Ports {
  readonly accounts: Accounts;
}

/** @throws {RappelError} `ACCOUNT_NOT_FOUND` if it was not created and has neither keys nor endpoints */
export async function findAccount({ accounts }: Ports, id: string): Promise<Account> {
  const account = await accounts.find(id);
  if (account.createdAt === undefined && account.deletion === undefined) throw accountNotFound();
  return account;
}

export function listAccounts(
  { accounts }: Ports,
  { limit, before }: { limit: number; before?: string },
): Promise<Page<Account>> {
  return accounts.list({ limit, ...(before !== undefined && { after: before }) });
}

/** Creates an account or changes its settings. @throws {RappelError} `ACCOUNT_DELETED` while it is being deleted */
export async function putAccount(
  { accounts, clock }: Ports & { readonly clock: Clock },
  id: string,
  config: AccountConfig,
): Promise<Account> {
  if (!(await accounts.put(id, config, clock.now())))
    throw new RappelError(
      "ACCOUNT_DELETED",
      `The account ${id} is being deleted: create it again when the deletion is done`,
      {
        retryAfterSeconds: 60,
      },
    );
  return accounts.find(id);
}

/** @throws {RappelError} `ACCOUNT_DELETED` if it was deleted */
export function requireNotDeleted({ id, deletion }: Account): void {
  if (deletion !== undefined)
    throw new RappelError(
      "ACCOUNT_DELETED",
      `The account ${id} was deleted: create a new one with PUT /v1/accounts/${id}`,
    );
}

function accountNotFound(): RappelError {
  return new RappelError(
    "ACCOUNT_NOT_FOUND",
    "There is no account with this name: it was not created, and has neither keys nor endpoints",
  );
}

/** What a PUT did: a new account was created and changed at the same moment. */
export function settingAction({ createdAt, updatedAt }: Account): "account.created" | "account.changed" {
  return createdAt === updatedAt ? "account.created" : "account.changed";
}
