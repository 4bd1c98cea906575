import type { Accounts, Keys } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Sessions } from "../ports/sessions.ts";
import { bestEffortTime, inTime } from "../shared/best-effort.ts";
import { ID } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { isSecretOf, isValid, type Key } from "./model/key.ts";
import { hasKeyAndAccount, holderOf, isOpen, type KeyHolder } from "./model/session.ts";

interface Ports {
  readonly clock: Clock;
  readonly keys: Keys;
  readonly accounts: Pick<Accounts, "find">;
  readonly sessions: Pick<Sessions, "find">;
}

/** Who has a secret, and until when. */
interface Known {
  readonly holder: KeyHolder;
  readonly secretHash: string;
  readonly validUntil?: number;
}

const CACHED_MAX = 10_000; // ours

/**
 * Finds the key or the session of a request's credentials. A valid one is cached for 30 s, so that a busy producer does not
 * cost a read per request. An unknown one is read each time, so that a new one works at once.
 */
export function authenticator(ports: Ports): (id: string, secret: string) => Promise<KeyHolder | undefined> {
  const { clock, keys } = ports;
  const isOf = (known: Known, secret: string) => isSecretOf(known, secret) && isValid(known, clock.now());
  /** For information only: an error here does not fail the request, and a slow table does not hold it. */
  const noteUsed = async ({ id, lastUsedAt = 0 }: Key) => {
    const now = clock.now();
    if (now - lastUsedAt < LIMITS.keyUsedEverySeconds * 1000) return;
    const time = bestEffortTime();
    await inTime(time, keys.noteUsed(id, now, time)).catch(() => undefined);
  };
  const keyOf = async (id: string, secret: string): Promise<Known | undefined> => {
    const key = await keys.find(id);
    if (key === undefined || !isOf({ ...key, holder: key }, secret)) return undefined;
    await noteUsed(key);
    return { ...key, holder: key };
  };
  const cached = new Map<string, { known: Known; until: number }>();
  return async (id, secret) => {
    const before = cached.get(id);
    if (before !== undefined && before.until > clock.now())
      return isOf(before.known, secret) ? before.known.holder : undefined;
    const find = ID.key.test(id) ? keyOf : ID.ses.test(id) ? sessionOf : undefined;
    const known = await find?.(id, secret);
    if (known === undefined || !isOf(known, secret)) return undefined;
    if (cached.size >= CACHED_MAX) cached.clear();
    cached.set(id, { known, until: clock.now() + LIMITS.keyCacheSeconds * 1000 });
    return known.holder;
  };

  /** A session ends with its key and with its account: both are read, and not taken from the cache, which would be 30 s more. */
  async function sessionOf(id: string, secret: string): Promise<Known | undefined> {
    const session = await ports.sessions.find(id);
    if (session === undefined || !isOpen(session)) return undefined;
    const { account, keyId, tokenHash, validUntil } = session;
    const known = { secretHash: tokenHash, validUntil };
    if (!isOf({ ...known, holder: session }, secret)) return undefined;
    const [key, owner] = await Promise.all([
      keys.find(keyId),
      account === undefined ? undefined : ports.accounts.find(account),
    ]);
    return hasKeyAndAccount(session, key, owner, clock.now())
      ? { ...known, holder: holderOf(session, key) }
      : undefined;
  }
}
