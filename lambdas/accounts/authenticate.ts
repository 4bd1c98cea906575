import type { Keys } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import { ID } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { isSecretOf, isValid, type Key } from "./model/key.ts";

interface Ports {
  readonly clock: Clock;
  readonly keys: Keys;
}

const CACHED_MAX = 10_000; // ours

/**
 * Finds the key of a request's credentials. A valid key is cached for 30 s, so that a busy producer does not cost a read
 * per request. An unknown key is read each time, so that a new key works at once.
 */
export function authenticator({ clock, keys }: Ports): (id: string, secret: string) => Promise<Key | undefined> {
  const isOf = (key: Key, secret: string) => isSecretOf(key, secret) && isValid(key, clock.now());
  /** For information only: an error here does not fail the request. */
  const noteUsed = async ({ id, lastUsedAt = 0 }: Key) => {
    const now = clock.now();
    if (now - lastUsedAt < LIMITS.keyUsedEverySeconds * 1000) return;
    await keys.noteUsed(id, now).catch(() => undefined);
  };
  const cached = new Map<string, { key: Key; until: number }>();
  return async (id, secret) => {
    const known = cached.get(id);
    if (known !== undefined && known.until > clock.now()) return isOf(known.key, secret) ? known.key : undefined;
    const key = ID.key.test(id) ? await keys.find(id) : undefined;
    if (key === undefined || !isOf(key, secret)) return undefined;
    await noteUsed(key);
    if (cached.size >= CACHED_MAX) cached.clear();
    cached.set(id, { key, until: clock.now() + LIMITS.keyCacheSeconds * 1000 });
    return key;
  };
}
