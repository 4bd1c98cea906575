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

interface Ports {
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
 * The deliveries of one endpoint, newest event first. Pending ones are read from its backlog, the others from the log, where
 * a page can be shorter than requested although `next` says that there are more.
 */
export async function listDeliveries(
  ports: Ports,
  account: string,
  id: string,
  { status, ...query }: Query,
): Promise<Page<{ delivery: Delivery; endpoint: Endpoint; state: EndpointState }>> {
  const { endpoint, state } = await findEndpoint(ports, account, id);
  if (status === "pending") {
    const page = await ports.deliveries.backlog(id, query);
    return { ...page, items: page.items.map((pending) => ({ delivery: pendingDelivery(pending), endpoint, state })) };
  }
  const page = await ports.log.list(account, { ...query, endpoint: id });
  const byEvent = await allDeliveries(ports, page.items);
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
