import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Page } from "../ports/page.ts";
import { RappelError } from "../shared/errors.ts";
import type { Account, AccountConfig } from "./model/account.ts";

interface World {
  readonly accounts: Accounts;
}

/** @throws {RappelError} `ACCOUNT_NOT_FOUND` where it has neither keys nor endpoints and was never put */
export async function findAccount({ accounts }: World, id: string): Promise<Account> {
  const account = await accounts.find(id);
  if (account.createdAt === undefined && account.deletion === undefined) throw accountNotFound();
  return account;
}

export function listAccounts(
  { accounts }: World,
  { limit, before }: { limit: number; before?: string },
): Promise<Page<Account>> {
  return accounts.list({ limit, ...(before !== undefined && { after: before }) });
}

/** Makes an account, or changes what is said of it. @throws {RappelError} `ACCOUNT_DELETED` while it is being deleted */
export async function putAccount(
  { accounts, clock }: World & { readonly clock: Clock },
  id: string,
  config: AccountConfig,
): Promise<Account> {
  if (!(await accounts.put(id, config, clock.now())))
    throw new RappelError(
      "ACCOUNT_DELETED",
      `The account ${id} is being deleted: it can be made again once that is done`,
      {
        retryAfterSeconds: 60,
      },
    );
  return accounts.find(id);
}

/** @throws {RappelError} `ACCOUNT_DELETED` where nothing of it is taken any more */
export function requireNotDeleted({ id, deletion }: Account): void {
  if (deletion !== undefined)
    throw new RappelError("ACCOUNT_DELETED", `The account ${id} was deleted; PUT /v1/accounts/${id} makes a new one`);
}

export function accountNotFound(): RappelError {
  return new RappelError(
    "ACCOUNT_NOT_FOUND",
    "There is no account of this name: none was put, and it has neither keys nor endpoints",
  );
}
