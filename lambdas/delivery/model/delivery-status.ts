import {
  type Delivery,
  type EndedDelivery,
  type EventResults,
  type FirstResult,
  isOutcomeOf,
  type PendingDelivery,
} from "./delivery.ts";
import { attemptsOf, pendingFrom } from "./first-attempt.ts";

/** The endpoints of an event whose delivery has a backlog item or a final item besides the log item. */
export function endpointsWithItems({ parked, resentTo }: EventResults): string[] {
  return [...new Set([...Object.keys(parked), ...resentTo])];
}

/** All deliveries of an event, from its items. A final item wins over a backlog item of the same sending. */
export function deliveriesOf(
  event: EventResults,
  pending: readonly PendingDelivery[],
  ended: readonly EndedDelivery[],
): Delivery[] {
  const ofEvent = <T extends { eventId: string; endpoint: string }>(items: readonly T[]) =>
    new Map(items.filter(({ eventId }) => eventId === event.id).map((item) => [item.endpoint, item]));
  const [pendingBy, endedBy] = [ofEvent(pending), ofEvent(ended)];
  const endpoints = new Set([
    ...Object.keys(event.delivered),
    ...Object.keys(event.withheld),
    ...endpointsWithItems(event),
  ]);
  return [...endpoints].flatMap((endpoint) => {
    const [waiting, final] = [pendingBy.get(endpoint), endedBy.get(endpoint)];
    if (waiting !== undefined && (final === undefined || !isOutcomeOf(final, waiting)))
      return [pendingDelivery(waiting)];
    return final === undefined ? firstDelivery(event, endpoint) : [endedDelivery(final)];
  });
}

/** The delivery according to the log item alone; none for an endpoint to which the event is being resent right now. */
function firstDelivery(event: EventResults, endpoint: string): Delivery[] {
  const { id: eventId, type, delivered, withheld, parked } = event;
  const onBehalfOf = event.onBehalfOf?.[endpoint];
  const key = { endpoint, eventId, type, ...(onBehalfOf !== undefined && { onBehalfOf }) };
  if (delivered[endpoint] !== undefined)
    return [{ ...key, status: "delivered", attempts: attemptsOf(delivered[endpoint], "success") }];
  if (withheld[endpoint] !== undefined)
    return [{ ...key, status: "cancelled", ...withheldBecause(withheld[endpoint]) }];
  // The log item is written first: the backlog item is not there yet.
  if (parked[endpoint] !== undefined) return [pendingDelivery(pendingFrom(event, endpoint, parked[endpoint]))];
  return [];
}

/** The deliveries of an event that ended at once, without being pending. */
export function withheldDeliveries(event: EventResults): Delivery[] {
  return Object.keys(event.withheld).flatMap((endpoint) => firstDelivery(event, endpoint));
}

function withheldBecause(result: FirstResult): Pick<Delivery, "reason" | "attempts"> {
  if (result.code === "untried") return { reason: "suspended", attempts: [] };
  return { reason: "loop", attempts: attemptsOf(result, "http_status") };
}

export function endedDelivery({ endpoint, eventId, type, status, attempts, ...more }: EndedDelivery): Delivery {
  return {
    endpoint,
    eventId,
    type,
    status,
    attempts,
    ...(more.reason !== undefined && { reason: more.reason }),
    ...(more.resentAt !== undefined && { resentAt: more.resentAt }),
    ...(more.onBehalfOf !== undefined && { onBehalfOf: more.onBehalfOf }),
  };
}

export function pendingDelivery({
  endpoint,
  eventId,
  type,
  dueAt,
  failures,
  attempts,
  ...more
}: PendingDelivery): Delivery {
  return {
    endpoint,
    eventId,
    type,
    status: "pending",
    dueAt,
    failures,
    attempts,
    ...(more.resentAt !== undefined && { resentAt: more.resentAt }),
    ...(more.onBehalfOf !== undefined && { onBehalfOf: more.onBehalfOf }),
  };
}

/** A delivery whose endpoint was deleted: a pending one is shown as cancelled, even if its backlog item still exists. */
export function withoutEndpoint({ dueAt: _, ...delivery }: Delivery): Delivery {
  return delivery.status === "pending" ? { ...delivery, status: "cancelled", reason: "deleted" } : delivery;
}
