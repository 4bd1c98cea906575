import type { Delivery, EndedDelivery, LoggedEvent, PendingDelivery } from "./delivery.ts";
import { attemptsOf, pendingFrom } from "./first-attempt.ts";

/** All deliveries of an event, from the items that tell of them; an ended one outranks the backlog item beside it. */
export function deliveriesOf(
  event: LoggedEvent,
  pending: readonly PendingDelivery[],
  ended: readonly EndedDelivery[],
): Delivery[] {
  const atFirst = Object.entries(event.delivered).map(
    ([endpoint, result]): Delivery => ({
      endpoint,
      eventId: event.id,
      status: "delivered",
      attempts: attemptsOf(result, "success"),
    }),
  );
  const later = Object.entries(event.parked).map(([endpoint, result]): Delivery => {
    const isThis = (other: { endpoint: string; eventId: string }) =>
      other.endpoint === endpoint && other.eventId === event.id;
    const end = ended.find(isThis);
    if (end !== undefined)
      return {
        endpoint,
        eventId: event.id,
        status: end.status,
        attempts: end.attempts,
        ...(end.reason !== undefined && { reason: end.reason }),
      };
    const wait = pending.find(isThis);
    if (wait !== undefined) return pendingDelivery(wait);
    // Its backlog item is being put at this moment: the log comes first.
    return pendingDelivery(pendingFrom(event, endpoint, result));
  });
  return [...atFirst, ...later];
}

export function pendingDelivery({ endpoint, eventId, dueAt, attempts }: PendingDelivery): Delivery {
  return { endpoint, eventId, status: "pending", dueAt, attempts };
}

/** With its endpoint gone nothing pending will be sent, whether or not its backlog item was taken away yet. */
export function withoutEndpoint({ dueAt: _, ...delivery }: Delivery): Delivery {
  return delivery.status === "pending" ? { ...delivery, status: "cancelled", reason: "deleted" } : delivery;
}
