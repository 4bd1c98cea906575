import type { Accounts, Keys } from "../ports/accounts.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Sessions } from "../ports/sessions.ts";
import { RappelError } from "../shared/errors.ts";
import { ID, newId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { hashOf, isSecretOf, type Key } from "./model/key.ts";
import { newSecret } from "./model/secret.ts";
import { hasKeyAndAccount, type OpenSession, type PortalLink, type Session } from "./model/session.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Pick<Keys, "find">;
  readonly accounts: Pick<Accounts, "find">;
  readonly sessions: Sessions;
}

/** A session with its token, which is not stored. */
export interface Opened {
  readonly session: OpenSession;
  readonly token: string;
}

/** What a request for a session has: the code of a link, or a key. */
interface Proof {
  readonly code?: string | undefined;
  readonly key: Pick<Key, "id" | "scopes"> & Partial<Pick<Key, "account" | "validUntil">>;
}

/**
 * Opens a session by a link's code or by a key.
 * @throws {RappelError} `LINK_INVALID`, `KEY_INVALID` without either, `REQUEST_INVALID` with both
 */
export async function openSession(ports: Ports, { code, key }: Proof): Promise<Opened> {
  if (code === undefined) return openByKey(ports, key);
  if (key.id === "") return openByCode(ports, code);
  throw new RappelError("REQUEST_INVALID", "Send either a link's code or a key, not both");
}

/** Two requests with the same code at the same moment: one of them opens the session. */
async function openByCode(ports: Ports, code: string): Promise<Opened> {
  const { clock, random, sessions, keys, accounts } = ports;
  const { session, link } = await linkOf(ports, code);
  const now = clock.now();
  if (link.validUntil <= now) throw linkInvalid("This link has expired");
  const [key, account] = await Promise.all([keys.find(session.keyId), accounts.find(session.account ?? "")]);
  if (!hasKeyAndAccount(session, key, account, now)) throw linkInvalid("This link was revoked");
  const token = newSecret(random);
  const validUntil = Math.min(now + session.lastsSeconds * 1_000, key.validUntil ?? Number.POSITIVE_INFINITY);
  const opened = { tokenHash: hashOf(token), validUntil };
  if (!(await sessions.open(session.id, opened))) throw linkInvalid("This link was used just now");
  return openedOf({ ...session, ...opened }, token);
}

async function linkOf({ sessions }: Ports, code: string): Promise<{ session: Session; link: PortalLink }> {
  const [id = "", secret = ""] = code.split(".");
  const session = ID.ses.test(id) ? await sessions.find(id) : undefined;
  const link = session?.link;
  if (session === undefined || link === undefined || !isSecretOf({ secretHash: link.codeHash }, secret))
    throw linkInvalid("This link was revoked, or it was not copied to its end");
  if (session.tokenHash !== undefined) throw linkInvalid("This link was used already: each one works once");
  return { session, link };
}

function linkInvalid(what: string): RappelError {
  return new RappelError("LINK_INVALID", `${what}. Ask for a new link where you got this one`);
}

async function openByKey({ clock, random, sessions }: Ports, key: Proof["key"]): Promise<Opened> {
  if (key.id === "")
    throw new RappelError(
      "KEY_INVALID",
      "There is nothing to open a session with: send a link's code in `code`, or a key as HTTP Basic credentials",
    );
  const now = clock.now();
  const token = newSecret(random);
  const { account, validUntil = Number.POSITIVE_INFINITY } = key;
  const session = {
    id: newId("ses", now, random.next),
    ...(account !== undefined && { account }),
    keyId: key.id,
    scopes: key.scopes,
    createdAt: now,
    lastsSeconds: LIMITS.sessionSeconds,
    tokenHash: hashOf(token),
    validUntil: Math.min(now + LIMITS.sessionSeconds * 1_000, validUntil),
  };
  await sessions.add(session);
  return openedOf(session, token);
}

function openedOf(session: OpenSession, token: string): Opened {
  return { session, token: `${session.id}.${token}` };
}

/** Ends a session, as signing out does; nothing to do for a key. */
export async function endSession(
  { sessions }: Pick<Ports, "sessions">,
  account: string | undefined,
  id: string | undefined,
): Promise<void> {
  if (id !== undefined) await sessions.remove({ id, ...(account !== undefined && { account }) });
}
