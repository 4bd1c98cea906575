import type { Account } from "../accounts/model/account.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import { LIMITS } from "../shared/limits.ts";

interface World {
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

const ACCOUNTS_MAX = 10_000;
const ENDPOINTS_MAX = 10_000; // ours: a customer may have 500, each with headers and metadata of some KB

/** An account, and who may want its events. */
export type SubscriptionsOf = (account: string) => Promise<Subscriptions>;

/**
 * Reads accounts and their endpoints, for one batch at a time. The account is read once per batch, strongly consistent (one
 * read unit): the batch was received after its events were accepted, so an endpoint registered before that is in it. The
 * endpoints themselves are read only when its revision moved, or after a minute in case somebody crashed between changing an
 * endpoint and moving it.
 */
export function subscriptionsReader({ clock, accounts, endpoints }: World): () => SubscriptionsOf {
  const known = new Map<string, Known>();
  /** Endpoints in all of them. */
  let held = 0;

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
    held += list.length - (known.get(id)?.endpoints.length ?? 0);
    if (known.size >= ACCOUNTS_MAX || held > ENDPOINTS_MAX) {
      known.clear();
      held = list.length;
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
