import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { Candidate } from "./missed.ts";

/**
 * How many pending deliveries an endpoint may have until a recovery waits: what it is sent in 30 s. Without a limit, if
 * nothing is sent to it until someone resumes it: then all may join its backlog.
 */
export function backlogMax(
  { releaseRate, rateLimit = releaseRate, group }: Pick<Endpoint, "releaseRate" | "rateLimit" | "group">,
  state: Pick<EndpointState, "status"> | undefined,
): number {
  if (state?.status !== "active" && state?.status !== "failing") return Number.POSITIVE_INFINITY;
  const perSecond = Math.min(releaseRate, rateLimit) * (group?.maxEvents ?? 1);
  return Math.min(perSecond * LIMITS.recoveryAheadSeconds, LIMITS.recoveryAheadMax);
}

/** The candidates of a step for which there is room, and where each endpoint without room continues later. */
export interface Fitting<C extends Candidate> {
  readonly candidates: readonly C[];
  /** By endpoint: the last event that was handled. */
  readonly behind: Readonly<Record<string, string>>;
}

/**
 * Leaves out what does not fit into a backlog, from the first event that does not fit on.
 * @param room by endpoint: how many may join
 * @param after the event after which the step began
 */
export function fitting<C extends Candidate>(
  candidates: readonly C[],
  room: ReadonlyMap<string, number>,
  after: string,
): Fitting<C> {
  const taken = new Map<string, { count: number; last: string }>();
  const behind: Record<string, string> = {};
  const fit = candidates.filter(({ endpoint, action, event }) => {
    if (behind[endpoint] !== undefined) return false;
    const { count, last } = taken.get(endpoint) ?? { count: 0, last: after };
    const joins = action === "resend" ? 1 : 0;
    if (count + joins > (room.get(endpoint) ?? Number.POSITIVE_INFINITY)) {
      behind[endpoint] = last;
      return false;
    }
    taken.set(endpoint, { count: count + joins, last: event.id });
    return true;
  });
  return { candidates: fit, behind };
}
