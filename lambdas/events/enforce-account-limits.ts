import { requireNotDeleted } from "../accounts/find-account.ts";
import type { Account } from "../accounts/model/account.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Pacer } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";

interface World {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly pacer: Pacer;
}

/** From when on an account's events are its own, epoch ms: before, there was another of its name. */
export type SinceOf = (account: string) => number;

const ACCOUNTS_MAX = 10_000;
const SECOND_MS = 1_000;

/**
 * Lets in the events of accounts that stand and are within their rate: over any time, `eventsPerSecond` on average, and
 * one request more. An account once read is trusted for 30 s.
 * @returns lets a request in, and says since when each account's events count; or throws `ACCOUNT_DELETED`, or
 * `RATE_LIMITED`, for all of it
 */
export function accountLimiter({
  clock,
  accounts,
  pacer,
}: World): (events: readonly { readonly account: string }[]) => Promise<SinceOf> {
  const known = new Map<string, { account: Account; until: number }>();

  async function read(ids: readonly string[]): Promise<Account[]> {
    const now = clock.now();
    const unread = ids.filter((id) => (known.get(id)?.until ?? 0) <= now);
    const found = unread.length === 0 ? new Map<string, Account>() : await accounts.read(unread);
    if (known.size + found.size > ACCOUNTS_MAX) known.clear();
    for (const [id, account] of found) known.set(id, { account, until: now + LIMITS.accountCacheSeconds * SECOND_MS });
    return ids.flatMap((id) => known.get(id)?.account ?? found.get(id) ?? []);
  }

  return async (events) => {
    const counts = Map.groupBy(events, ({ account }) => account);
    const all = await read([...counts.keys()]);
    all.forEach(requireNotDeleted);
    await waitForAll(
      all.map(async ({ id, limits: { eventsPerSecond } }) => {
        if (eventsPerSecond === undefined) return;
        const [count, now] = [counts.get(id)?.length ?? 0, clock.now()];
        // Many at once take the time of as many: the next ones wait for longer.
        const { isTaken, at } = await pacer.slot(paceOf(id), eventsPerSecond / count, now, SECOND_MS);
        if (isTaken) return;
        throw new RappelError(
          "RATE_LIMITED",
          `The account ${id} may send ${eventsPerSecond} events a second: nothing of this request was accepted, send it again later`,
          { retryAfterSeconds: Math.max(1, Math.ceil((at - now) / SECOND_MS)) },
        );
      }),
    );
    const since = new Map(all.map(({ id, eventsSince = 0 }) => [id, eventsSince]));
    return (account) => since.get(account) ?? 0;
  };
}

/** No endpoint's id has a `#`. */
function paceOf(account: string): string {
  return `account#${account}`;
}
