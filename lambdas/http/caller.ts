import { ACCOUNT } from "../accounts/model/account.ts";
import { hasScope, type Scope } from "../accounts/model/key.ts";
import type { KeyHolder } from "../accounts/model/session.ts";
import { RappelError } from "../shared/errors.ts";
import { credentialsOf } from "./credentials.ts";
import type { HttpRequest } from "./http.ts";
import type { Route } from "./routes/route.ts";
import { requireOwnOrigin } from "./sessions/own-origin.ts";
import { sessionIn } from "./sessions/session-cookie.ts";

/** Returns the key or the session with this id, or `undefined` if it does not exist or the secret is wrong. */
export type Authenticate = (id: string, secret: string) => Promise<KeyHolder | undefined>;

/** The caller of a request, and the account to act for. */
export interface Caller {
  /** Absent if an operator named none. */
  readonly account?: string;
  readonly isOperator: boolean;
  /** The key, also of a session. */
  readonly key: KeyHolder & { readonly id: string };
}

const ACCOUNT_HEADER = "rappel-account";
const OPERATOR_KEY_HINT = "The operator of the service creates one with: npm run keys -- create --operator";

/**
 * @param scope what the route needs; `any`: every valid key may call it
 * @throws {RappelError} `KEY_INVALID`, `SESSION_INVALID`, `ORIGIN_FORBIDDEN`, `SCOPE_MISSING`, `ACCOUNT_NOT_FOUND`,
 * `REQUEST_INVALID`
 */
export async function callerOf(
  request: Pick<HttpRequest, "headers" | "method">,
  scope: Scope | "any",
  authenticate: Authenticate,
): Promise<Caller> {
  const { headers } = request;
  const holder = await holderOf(request, authenticate);
  if (scope !== "any" && !hasScope(holder.scopes, scope))
    throw new RappelError(
      "SCOPE_MISSING",
      `This request needs a key with the scope "${scope}"; ${holder.session === undefined ? "this key" : "this session"} has ${holder.scopes.map((has) => `"${has}"`).join(", ")}`,
    );
  const named = headers[ACCOUNT_HEADER];
  if (named !== undefined && !ACCOUNT.test(named))
    throw new RappelError(
      "REQUEST_INVALID",
      "The header Rappel-Account must be an account's name: 1-64 of A-Z a-z 0-9 _ -",
    );
  if (holder.account === undefined)
    return { isOperator: true, key: holder, ...(named !== undefined && { account: named }) };
  requireOwnAccount(holder.account, named);
  return { account: holder.account, isOperator: false, key: holder };
}

/** By `Authorization`, or without it by the cookie. Each accepts only its own kind: a key is no session, and vice versa. */
async function holderOf(
  { headers, method }: Pick<HttpRequest, "headers" | "method">,
  authenticate: Authenticate,
): Promise<Caller["key"]> {
  const { authorization, cookie } = headers;
  const session = authorization === undefined ? sessionIn(cookie) : undefined;
  if (session !== undefined) {
    if (method !== "GET" && method !== "HEAD") requireOwnOrigin(headers, true);
    const held = await authenticate(session.id, session.secret);
    if (held?.session !== undefined) return { ...held, id: held.session.keyId };
    throw new RappelError(
      "SESSION_INVALID",
      "The session has expired or was ended: open a new link to the console, or sign in with a key",
    );
  }
  const credentials = credentialsOf(authorization);
  const held = credentials === undefined ? undefined : await authenticate(credentials.id, credentials.secret);
  if (credentials !== undefined && held !== undefined && held.session === undefined)
    return { ...held, id: credentials.id };
  throw new RappelError(
    "KEY_INVALID",
    "The key is missing or invalid: send HTTP Basic credentials, with a key's id as the user and its secret as the password",
  );
}

/** An account key acts only for its own account, and gets the same error whether another account exists or not. */
export function requireOwnAccount(callerAccount: string, named: string | undefined): void {
  if (named !== undefined && named !== callerAccount)
    throw new RappelError(
      "ACCOUNT_NOT_FOUND",
      `This key can act only for its own account; an operator key can act for any. ${OPERATOR_KEY_HINT}`,
    );
}

/**
 * The account of a request: the one in its path, otherwise the caller's.
 * @throws {RappelError} `ACCOUNT_REQUIRED`, `ACCOUNT_NOT_FOUND`, `OPERATOR_KEY_REQUIRED`, `KEY_REQUIRED`,
 * `REQUEST_INVALID`
 */
export function accountFor(
  { isOperators, namesAccounts, refusesLinks }: Pick<Route, "isOperators" | "namesAccounts" | "refusesLinks">,
  caller: Caller,
  params: Readonly<Record<string, unknown>> = {},
): string | undefined {
  const { account: inPath } = params;
  const { account: callerAccount, isOperator } = caller;
  if (typeof inPath === "string" && callerAccount !== undefined) {
    if (!isOperator) requireOwnAccount(callerAccount, inPath);
    else if (callerAccount !== inPath)
      throw new RappelError(
        "REQUEST_INVALID",
        `The path names the account ${inPath}, but the header Rappel-Account names ${callerAccount}`,
      );
  }
  if (isOperators && !isOperator)
    throw new RappelError(
      "OPERATOR_KEY_REQUIRED",
      `Only an operator key can do this; this key belongs to an account. ${OPERATOR_KEY_HINT}`,
    );
  if (refusesLinks && caller.key.session?.isFromLink === true)
    throw new RappelError(
      "KEY_REQUIRED",
      "A session that a link opened cannot do this, because the result would outlive it: use a key",
    );
  if (typeof inPath === "string") return inPath;
  return namesAccounts ? callerAccount : requireAccount(caller);
}

/** @throws {RappelError} `ACCOUNT_REQUIRED` */
function requireAccount({ account }: Caller): string {
  if (account !== undefined) return account;
  throw new RappelError(
    "ACCOUNT_REQUIRED",
    "An operator key can act for any account: name one in the header Rappel-Account",
  );
}
