import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { BacklogCount, Deliveries } from "../ports/deliveries.ts";
import type { Page } from "../ports/page.ts";
import { idTime } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { pendingDelivery } from "./model/delivery-status.ts";
import { type BacklogSummary, nextAttemptFor, nextAttemptOf, timeOf } from "./model/next-attempt.ts";

interface Ports {
  readonly deliveries: Deliveries;
}
interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

const EMPTY: BacklogSummary = { count: 0, isComplete: true };

/** Adds what is pending for the endpoint. An endpoint that cannot have a backlog costs no read. */
export async function withBacklog<T extends EndpointAndState>(
  { deliveries }: Ports,
  found: T,
): Promise<T & { readonly backlog: BacklogSummary }> {
  const { endpoint, state } = found;
  if (!mayHaveBacklog(state)) return { ...found, backlog: EMPTY };
  const { count, oldest } = await deliveries.summary(endpoint.id, LIMITS.behindMax);
  if (oldest === undefined) return { ...found, backlog: EMPTY };
  const nextAttemptAt = await firstAttemptAt(deliveries, found, oldest, count);
  return {
    ...found,
    backlog: {
      count,
      isComplete: count < LIMITS.behindMax,
      oldestAt: idTime(oldest.eventId),
      ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    },
  };
}

/** The same for a page of a list, if that was requested: otherwise a list costs no more reads. */
export async function pageWithBacklogs<T extends EndpointAndState>(
  ports: Ports,
  page: Page<T>,
  include: "pending" | undefined,
): Promise<Page<T & { readonly backlog?: BacklogSummary }>> {
  if (include === undefined) return page;
  return { ...page, items: await waitForAll(page.items.map((found) => withBacklog(ports, found))) };
}

/** An active endpoint without a scheduled round has nothing pending: each delivery that joins schedules one. */
function mayHaveBacklog({ status, wakeAt, roundId }: EndpointState): boolean {
  return status !== "active" || wakeAt !== undefined || roundId !== undefined;
}

async function firstAttemptAt(
  deliveries: Deliveries,
  { endpoint, state }: EndpointAndState,
  { eventId, dueAt }: NonNullable<BacklogCount["oldest"]>,
  count: number,
) {
  const [only] = count === 1 ? await deliveries.pending([{ endpoint: endpoint.id, eventId }]) : [];
  if (only !== undefined) return timeOf(nextAttemptOf(pendingDelivery(only), { state, group: endpoint.group }));
  // Of several, the scheduled round knows which one is due first.
  return timeOf(nextAttemptFor(state, state.status === "active" ? (state.wakeAt ?? dueAt) : dueAt));
}
