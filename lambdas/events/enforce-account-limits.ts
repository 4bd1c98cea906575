import { requireNotDeleted } from "../accounts/find-account.ts";
import type { Account } from "../accounts/model/account.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Pacer } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";

interface Ports {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly pacer: Pacer;
}

/** Since when an account's events belong to it, epoch ms. Earlier ones belonged to a deleted account of the same name. */
export type SinceOf = (account: string) => number;

const ACCOUNTS_MAX = 10_000; // ours
const SECOND_MS = 1_000;

/**
 * Checks that a request's accounts are not deleted and within their rate: `eventsPerSecond` on average over any period, plus
 * one request. An account is read at most every 30 s.
 * @param defaultRate events per second of an account without a limit of its own; absent: no limit
 * @returns checks one request and returns since when each account's events belong to it; throws `ACCOUNT_DELETED` or
 * `RATE_LIMITED` for the whole request
 */
export function accountLimiter(
  { clock, accounts, pacer }: Ports,
  defaultRate?: number,
): (events: readonly { readonly account: string }[]) => Promise<SinceOf> {
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
      all.map(async ({ id, limits: { eventsPerSecond = defaultRate } }) => {
        if (eventsPerSecond === undefined) return;
        const [count, now] = [counts.get(id)?.length ?? 0, clock.now()];
        // A request of many events takes the time of as many: the next request has to wait longer.
        const { isTaken, at } = await pacer.slot(pacerKeyOf(id), eventsPerSecond / count, now, SECOND_MS);
        if (isTaken) return;
        throw new RappelError(
          "RATE_LIMITED",
          `The account ${id} exceeded its ${eventsPerSecond} events per second. Nothing of this request was accepted; send it again later`,
          { retryAfterSeconds: Math.max(1, Math.ceil((at - now) / SECOND_MS)) },
        );
      }),
    );
    const since = new Map(all.map(({ id, eventsSince = 0 }) => [id, eventsSince]));
    return (account) => since.get(account) ?? 0;
  };
}

/** Endpoint ids have no `#`. */
function pacerKeyOf(account: string): string {
  return `account#${account}`;
}
