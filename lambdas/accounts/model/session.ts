import { type Account, isDispatched } from "./account.ts";
import { isValid, type Key, type Scope } from "./key.ts";

/** A link to the console. Its code is in the URL's fragment, works once and is not stored. */
export interface PortalLink {
  /** SHA-256 of the code, hex. */
  readonly codeHash: string;
  /** Epoch ms. */
  readonly validUntil: number;
}

/**
 * A session of the console, opened by a link or by a key. It acts for its key and ends with it. A link is a session that is
 * not open yet: both are one item, so that a link cannot open two sessions.
 */
export interface Session {
  readonly id: string;
  /** Absent for a session that an operator's key opened, which acts for any account. */
  readonly account?: string;
  /** The key that made the link or opened the session. */
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** The only endpoint that it is about. Absent: all of the account. */
  readonly endpoint?: string;
  /** Where the console leads back to. */
  readonly returnUrl?: string;
  readonly createdAt: number;
  /** How long it lasts once it is open. */
  readonly lastsSeconds: number;
  /** Absent for a session that a key opened. */
  readonly link?: PortalLink;
  /** SHA-256 of the token in the cookie, hex. Absent: it is not open yet. */
  readonly tokenHash?: string;
  /** Epoch ms. Absent: it is not open yet. */
  readonly validUntil?: number;
}

/** A session that is open. */
export interface OpenSession extends Session {
  readonly tokenHash: string;
  readonly validUntil: number;
}

/** What a request for a link may ask. */
export interface NewLink {
  readonly expiresInSeconds: number;
  readonly sessionSeconds: number;
  readonly scopes: readonly Scope[];
  readonly endpoint?: string;
  readonly returnUrl?: string;
}

/** The scopes of a new link, unless others are requested. None of them shows a signing secret or creates a key. */
export const LINK_SCOPES: readonly Scope[] = ["read", "manage:endpoints"];

/** Who makes a request: a key, or a session that acts for one. */
export interface KeyHolder {
  /** Absent: the operator, who can act for any account. */
  readonly account?: string;
  readonly scopes: readonly Scope[];
  readonly name?: string;
  readonly validUntil?: number;
  /** Of the session, if it is not the key itself. */
  readonly session?: HeldSession;
}

interface HeldSession extends Pick<Session, "id" | "keyId" | "endpoint" | "returnUrl"> {
  readonly validUntil: number;
  /** Whether a link opened it, and not its own key. */
  readonly isFromLink: boolean;
}

export function isOpen(session: Session): session is OpenSession {
  return session.tokenHash !== undefined && session.validUntil !== undefined;
}

/**
 * Whether a session or a link still has what it depends on.
 * @param key its key; `undefined` if that was deleted @param account its account, if it belongs to one
 */
export function hasKeyAndAccount(
  { createdAt }: Session,
  key: Key | undefined,
  account: Account | undefined,
  now: number,
): key is Key {
  // A new account of the same name is not the session's.
  return key !== undefined && isValid(key, now) && (account === undefined || isDispatched(account, createdAt));
}

/** What a session may do. One that its own key opened has the key's name and expiry; a link's shows nothing of the key. */
export function holderOf(session: OpenSession, key: Key): KeyHolder {
  const { id, account, keyId, scopes, endpoint, returnUrl, link, validUntil } = session;
  const isFromLink = link !== undefined;
  const keyValidUntil = isFromLink ? validUntil : key.validUntil;
  return {
    ...(account !== undefined && { account }),
    scopes,
    name: isFromLink ? "" : key.name,
    ...(keyValidUntil !== undefined && { validUntil: keyValidUntil }),
    session: {
      id,
      keyId,
      validUntil,
      isFromLink,
      ...(endpoint !== undefined && { endpoint }),
      ...(returnUrl !== undefined && { returnUrl }),
    },
  };
}
