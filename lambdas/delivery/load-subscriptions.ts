import type { Account } from "../accounts/model/account.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import { LIMITS } from "../shared/limits.ts";

interface Ports {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
}
interface Known {
  readonly revision: number;
  readonly endpoints: readonly Endpoint[];
  readonly readAt: number;
}
export interface Subscriptions {
  readonly account: Account;
  readonly endpoints: readonly Endpoint[];
}

const ACCOUNTS_MAX = 10_000; // ours
const ENDPOINTS_MAX = 10_000; // ours: an account may have 500, each with headers and metadata of some KB

/** Reads an account and its endpoints. */
export type SubscriptionsOf = (account: string) => Promise<Subscriptions>;

/**
 * Reads accounts and their endpoints for one batch. The account is read once per batch, strongly consistent (one read
 * unit): the batch was received after its events were accepted, so an endpoint registered before that is included. The
 * endpoints are read only if the account's revision has changed, or after a minute, because a function can crash after it
 * changed an endpoint and before it changed the revision.
 */
export function subscriptionsReader({ clock, accounts, endpoints }: Ports): () => SubscriptionsOf {
  const known = new Map<string, Known>();
  /** Endpoints of all cached accounts. */
  let cachedEndpoints = 0;

  async function read(id: string): Promise<Subscriptions> {
    const account = await accounts.find(id);
    const { revision } = account;
    const before = known.get(id);
    const isFresh =
      before !== undefined &&
      before.revision === revision &&
      clock.now() - before.readAt < LIMITS.endpointsCacheSeconds * 1000;
    if (isFresh) return { account, endpoints: before.endpoints };
    const list = await endpoints.list(id);
    cachedEndpoints += list.length - (known.get(id)?.endpoints.length ?? 0);
    if (known.size >= ACCOUNTS_MAX || cachedEndpoints > ENDPOINTS_MAX) {
      known.clear();
      cachedEndpoints = list.length;
    }
    known.set(id, { revision, endpoints: list, readAt: clock.now() });
    return { account, endpoints: list };
  }

  return () => {
    const thisBatch = new Map<string, Promise<Subscriptions>>();
    return (account) => {
      const begun = thisBatch.get(account) ?? read(account);
      thisBatch.set(account, begun);
      return begun;
    };
  };
}
