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

/**
 * Reads the endpoints of an account. The revision is read each time, strongly consistent (half a read unit), so that an
 * endpoint registered before an event was accepted always gets it; the endpoints only when it moved, or after a minute in
 * case somebody crashed between changing an endpoint and moving it.
 */
export function recipientsReader({ clock, endpoints }: World): (account: string) => Promise<readonly Endpoint[]> {
  const known = new Map<string, Known>();
  return async (account) => {
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
  };
}
