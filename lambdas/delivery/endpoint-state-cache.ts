import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { States } from "../ports/endpoints.ts";
import { LIMITS } from "../shared/limits.ts";

const STATES_MAX = 10_000; // ours: some MB of memory

/** The states of endpoints, each read at most 5 s ago. A pause or a suspension takes effect within that time. */
export interface EndpointStateCache {
  stateOf(endpoint: string): Promise<EndpointState | undefined>;
  forget(endpoint: string): void;
}

export function endpointStateCache({
  clock,
  states,
}: {
  readonly clock: Clock;
  readonly states: States;
}): EndpointStateCache {
  const known = new Map<string, { read: Promise<EndpointState | undefined>; readAt: number }>();
  return {
    stateOf(endpoint) {
      const now = clock.now();
      const before = known.get(endpoint);
      if (before !== undefined && now - before.readAt < LIMITS.stateCacheSeconds * 1000) return before.read;
      if (known.size >= STATES_MAX) known.clear();
      const read = states.read([endpoint]).then((found) => found.get(endpoint));
      known.set(endpoint, { read, readAt: now });
      // A failed read is not cached; its callers still get the error.
      read.catch(() => known.delete(endpoint));
      return read;
    },
    forget: (endpoint) => void known.delete(endpoint),
  };
}
