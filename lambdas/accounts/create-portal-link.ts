import type { Accounts } from "../ports/accounts.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import type { Sessions } from "../ports/sessions.ts";
import { RappelError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { requireNotDeleted } from "./find-account.ts";
import { hashOf, hasScope, type Key } from "./model/key.ts";
import { newSecret } from "./model/secret.ts";
import type { NewLink, PortalLink, Session } from "./model/session.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly accounts: Accounts;
  readonly endpoints: Pick<Endpoints, "find">;
  readonly sessions: Sessions;
}

/** A link with its code, which is not stored. */
export interface CreatedLink {
  readonly session: Session & { readonly link: PortalLink };
  readonly code: string;
}

/**
 * Creates a link to the console of an account.
 * @param caller the caller's key: the link gets no scope that it lacks, and ends with it
 * @throws {RappelError} `SCOPE_MISSING`, `ENDPOINT_NOT_FOUND`, `ACCOUNT_DELETED`
 */
export async function createPortalLink(
  { clock, random, accounts, endpoints, sessions }: Ports,
  account: string,
  { expiresInSeconds, sessionSeconds, scopes, endpoint, returnUrl }: NewLink,
  caller: Pick<Key, "id" | "scopes">,
): Promise<CreatedLink> {
  const missing = scopes.find((scope) => !hasScope(caller.scopes, scope));
  if (missing !== undefined)
    throw new RappelError(
      "SCOPE_MISSING",
      `This key cannot give a link the scope "${missing}", because it does not have it: name the link's scopes in \`scopes\``,
    );
  requireNotDeleted(await accounts.find(account));
  if (endpoint !== undefined && (await endpoints.find(account, endpoint)) === undefined)
    throw new RappelError("ENDPOINT_NOT_FOUND", "The account has no endpoint with this id");
  const now = clock.now();
  const secret = newSecret(random);
  const session = {
    id: newId("ses", now, random.next),
    account,
    keyId: caller.id,
    scopes,
    createdAt: now,
    lastsSeconds: sessionSeconds,
    link: { codeHash: hashOf(secret), validUntil: now + expiresInSeconds * 1_000 },
    ...(endpoint !== undefined && { endpoint }),
    ...(returnUrl !== undefined && { returnUrl }),
  };
  await accounts.register(account, now);
  await sessions.add(session);
  return { session, code: `${session.id}.${secret}` };
}

/**
 * Revokes a link and the session that it opened. Functions that have it in their cache refuse it after at most 30 s.
 * @throws {RappelError} `LINK_NOT_FOUND`
 */
export async function revokePortalLink(
  { sessions }: Pick<Ports, "sessions">,
  account: string,
  id: string,
): Promise<void> {
  const session = await sessions.find(id);
  if (session?.account !== account || session.link === undefined)
    throw new RappelError("LINK_NOT_FOUND", "The account has no link with this id, or it has ended");
  await sessions.remove(session);
}
