import type { Endpoint } from "../core/endpoint.ts";
import { LIMITS } from "../core/limits.ts";
import type { Clock, Endpoints } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
}
interface Known {
  readonly revision: number;
  readonly endpoints: readonly Endpoint[];
  readonly readAt: number;
}

const ACCOUNTS_MAX = 1_000;

/** Who wants an account's events. */
export type RecipientsOf = (account: string) => Promise<readonly Endpoint[]>;

/**
 * Reads the endpoints of accounts, for one batch at a time. The revision is read once per batch, strongly consistent (one
 * read unit): the batch was received after its events were accepted, so an endpoint registered before that is in it. The
 * endpoints themselves are read only when it moved, or after a minute in case somebody crashed between changing an
 * endpoint and moving it.
 */
export function recipientsReader({ clock, endpoints }: World): () => RecipientsOf {
  const known = new Map<string, Known>();

  async function read(account: string): Promise<readonly Endpoint[]> {
    const revision = await endpoints.revision(account);
    const before = known.get(account);
    const isFresh =
      before !== undefined &&
      before.revision === revision &&
      clock.now() - before.readAt < LIMITS.endpointsCacheSeconds * 1000;
    if (isFresh) return before.endpoints;
    const list = await endpoints.list(account);
    if (known.size >= ACCOUNTS_MAX) known.clear();
    known.set(account, { revision, endpoints: list, readAt: clock.now() });
    return list;
  }

  return () => {
    const thisBatch = new Map<string, Promise<readonly Endpoint[]>>();
    return (account) => {
      const begun = thisBatch.get(account) ?? read(account);
      thisBatch.set(account, begun);
      return begun;
    };
  };
}
