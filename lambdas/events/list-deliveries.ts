import type { Delivery } from "../delivery/model/delivery.ts";
import { pendingDelivery } from "../delivery/model/delivery-status.ts";
import { findEndpoint } from "../endpoints/find-endpoint.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import type { Page } from "../ports/page.ts";
import { allDeliveries } from "./read-events.ts";

interface World {
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly endpoints: Endpoints;
  readonly states: States;
}
interface Query {
  readonly status?: Delivery["status"] | undefined;
  readonly before?: string;
  readonly limit: number;
}

/**
 * One endpoint's deliveries, newest event first. Pending ones are read from its backlog, however old they are; all others
 * from the log, where a page may be shorter than asked for while `next` says that there is more.
 */
export async function listDeliveries(
  world: World,
  account: string,
  id: string,
  { status, ...query }: Query,
): Promise<Page<{ delivery: Delivery; endpoint: Endpoint; state: EndpointState }>> {
  const { endpoint, state } = await findEndpoint(world, account, id);
  if (status === "pending") {
    const page = await world.deliveries.backlog(id, query);
    return { ...page, items: page.items.map((pending) => ({ delivery: pendingDelivery(pending), endpoint, state })) };
  }
  const page = await world.log.list(account, { ...query, endpoint: id });
  const byEvent = await allDeliveries(world, page.items);
  const deliveries = page.items.flatMap((event) =>
    (byEvent.get(event.id) ?? []).filter((delivery) => delivery.endpoint === id),
  );
  return {
    ...page,
    items: deliveries
      .filter((delivery) => status === undefined || delivery.status === status)
      .map((delivery) => ({ delivery, endpoint, state })),
  };
}
