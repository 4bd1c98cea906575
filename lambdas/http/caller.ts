import { ACCOUNT } from "../accounts/model/account.ts";
import type { Scope } from "../accounts/model/key.ts";
import { RappelError } from "../shared/errors.ts";
import { credentialsOf } from "./credentials.ts";
import type { HttpRequest } from "./http.ts";
import type { Route } from "./routes/route.ts";

/** Whose key it is: an account's, or, without one, the operator's, which acts for any. */
export interface KeyHolder {
  readonly account?: string;
  readonly scopes: readonly Scope[];
  readonly validUntil?: number;
}
/** Who a key belongs to, or `undefined` where there is no such key or its secret is another. */
export type Authenticate = (id: string, secret: string) => Promise<KeyHolder | undefined>;

/** Who calls, and for whom. */
export interface Caller {
  /** Absent where an operator named none. */
  readonly account?: string;
  readonly isOperator: boolean;
  readonly key: Pick<KeyHolder, "scopes" | "validUntil"> & { readonly id: string };
}

export const ACCOUNT_HEADER = "rappel-account";

/** @throws {RappelError} `KEY_INVALID`, `SCOPE_MISSING`, `ACCOUNT_NOT_FOUND`, `REQUEST_INVALID` */
export async function callerOf(
  { headers }: Pick<HttpRequest, "headers">,
  scope: Scope,
  authenticate: Authenticate,
): Promise<Caller> {
  const credentials = credentialsOf(headers["authorization"]);
  const holder = credentials === undefined ? undefined : await authenticate(credentials.id, credentials.secret);
  if (credentials === undefined || holder === undefined)
    throw new RappelError("KEY_INVALID", "Send HTTP Basic credentials: a key's id as user, its secret as password");
  if (!holder.scopes.includes(scope))
    throw new RappelError(
      "SCOPE_MISSING",
      `This needs a key with the scope "${scope}"; this one has ${holder.scopes.map((has) => `"${has}"`).join(", ")}`,
    );
  const named = headers[ACCOUNT_HEADER];
  if (named !== undefined && !ACCOUNT.test(named))
    throw new RappelError("REQUEST_INVALID", "Rappel-Account must be an account's name: 1-64 of A-Z a-z 0-9 _ -");
  const key = { ...holder, id: credentials.id };
  if (holder.account === undefined) return { isOperator: true, key, ...(named !== undefined && { account: named }) };
  requireOwn(holder.account, named);
  return { account: holder.account, isOperator: false, key };
}

/** An account key acts for its own account: whether another exists is not for it to know. */
export function requireOwn(own: string, named: string | undefined): void {
  if (named !== undefined && named !== own)
    throw new RappelError("ACCOUNT_NOT_FOUND", "This key acts for its own account alone");
}

/**
 * For whom a route's request is: the account of its path, or else the caller's.
 * @throws {RappelError} `ACCOUNT_REQUIRED`, `ACCOUNT_NOT_FOUND`, `OPERATOR_KEY_REQUIRED`, `REQUEST_INVALID`
 */
export function accountFor(
  { isOperators, namesAccounts }: Pick<Route, "isOperators" | "namesAccounts">,
  caller: Caller,
  params: Readonly<Record<string, unknown>> = {},
): string | undefined {
  const { account: inPath } = params;
  const { account: own, isOperator } = caller;
  if (typeof inPath === "string" && own !== undefined) {
    if (!isOperator) requireOwn(own, inPath);
    else if (own !== inPath)
      throw new RappelError(
        "REQUEST_INVALID",
        `The path names the account ${inPath}, the header Rappel-Account ${own}`,
      );
  }
  if (isOperators && !isOperator)
    throw new RappelError("OPERATOR_KEY_REQUIRED", "Accounts are set up by an operator key; this is an account's own");
  if (typeof inPath === "string") return inPath;
  return namesAccounts ? own : requireAccount(caller);
}

/** @throws {RappelError} `ACCOUNT_REQUIRED` */
function requireAccount({ account }: Caller): string {
  if (account !== undefined) return account;
  throw new RappelError(
    "ACCOUNT_REQUIRED",
    "An operator key acts for any account: say which in the header Rappel-Account",
  );
}
