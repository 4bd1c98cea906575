import { type Delivery, type EndedDelivery, isOutcomeOf, type LoggedEvent, type PendingDelivery } from "./delivery.ts";
import { attemptsOf, pendingFrom } from "./first-attempt.ts";

/** The endpoints of an event about which its log item is not the last to tell. */
export function endpointsWithItems({ parked, resentTo }: LoggedEvent): string[] {
  return [...new Set([...Object.keys(parked), ...resentTo])];
}

/** All deliveries of an event, from the items that tell of them; an ended one outranks the backlog item beside it. */
export function deliveriesOf(
  event: LoggedEvent,
  pending: readonly PendingDelivery[],
  ended: readonly EndedDelivery[],
): Delivery[] {
  const ofEvent = <T extends { eventId: string; endpoint: string }>(some: readonly T[]) =>
    new Map(some.filter(({ eventId }) => eventId === event.id).map((one) => [one.endpoint, one]));
  const [waits, ends] = [ofEvent(pending), ofEvent(ended)];
  const endpoints = new Set([
    ...Object.keys(event.delivered),
    ...Object.keys(event.withheld),
    ...endpointsWithItems(event),
  ]);
  return [...endpoints].flatMap((endpoint) => {
    const [wait, end] = [waits.get(endpoint), ends.get(endpoint)];
    if (wait !== undefined && (end === undefined || !isOutcomeOf(end, wait))) return [pendingDelivery(wait)];
    return end === undefined ? firstDelivery(event, endpoint) : [endedDelivery(end)];
  });
}

/** What the log item alone tells; nothing of an endpoint to which it is being resent at this moment. */
function firstDelivery(event: LoggedEvent, endpoint: string): Delivery[] {
  const { id: eventId, delivered, withheld, parked } = event;
  const onBehalfOf = event.onBehalfOf?.[endpoint];
  const key = { endpoint, eventId, ...(onBehalfOf !== undefined && { onBehalfOf }) };
  if (delivered[endpoint] !== undefined)
    return [{ ...key, status: "delivered", attempts: attemptsOf(delivered[endpoint], "success") }];
  if (withheld[endpoint] !== undefined) return [{ ...key, status: "cancelled", reason: "suspended", attempts: [] }];
  // Its backlog item is being put at this moment: the log comes first.
  if (parked[endpoint] !== undefined) return [pendingDelivery(pendingFrom(event, endpoint, parked[endpoint]))];
  return [];
}

function endedDelivery({ endpoint, eventId, status, attempts, ...more }: EndedDelivery): Delivery {
  return {
    endpoint,
    eventId,
    status,
    attempts,
    ...(more.reason !== undefined && { reason: more.reason }),
    ...(more.resentAt !== undefined && { resentAt: more.resentAt }),
    ...(more.onBehalfOf !== undefined && { onBehalfOf: more.onBehalfOf }),
  };
}

export function pendingDelivery({ endpoint, eventId, dueAt, failures, attempts, ...more }: PendingDelivery): Delivery {
  return {
    endpoint,
    eventId,
    status: "pending",
    dueAt,
    failures,
    attempts,
    ...(more.resentAt !== undefined && { resentAt: more.resentAt }),
    ...(more.onBehalfOf !== undefined && { onBehalfOf: more.onBehalfOf }),
  };
}

/** With its endpoint gone nothing pending will be sent, whether or not its backlog item was taken away yet. */
export function withoutEndpoint({ dueAt: _, ...delivery }: Delivery): Delivery {
  return delivery.status === "pending" ? { ...delivery, status: "cancelled", reason: "deleted" } : delivery;
}
