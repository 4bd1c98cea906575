import type * as z from "zod";
import { explainEvent } from "../../delivery/model/explain-delivery.ts";
import type { Event } from "../../events/model/event.ts";
import type { Page } from "../../ports/page.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { AcceptedOneOrMany, EventList, EventView, EventWithDeliveriesView } from "../responses/event-responses.ts";
import { timeText } from "../schemas/fields.ts";
import { listView } from "./common-views.ts";
import { type DeliveryAndEndpoint, deliveryView } from "./delivery-views.ts";

/** One object for one event, a list in the same order for an array. */
export function acceptedView(events: readonly Event[], isBatch: boolean): z.input<typeof AcceptedOneOrMany> {
  const accepted = events.map(({ id, type }) => ({ id, type }));
  const [first] = accepted;
  return isBatch || first === undefined ? { data: accepted } : first;
}

function eventView(event: Event): z.input<typeof EventView> {
  const { id, type, source, eventId = null, payload } = event;
  return {
    id,
    type,
    source,
    eventId,
    timestamp: timeText(event.occurredAt),
    acceptedAt: timeText(event.acceptedAt),
    payloadBytes: payload.length,
  };
}

/** @param readAt when the list was read or earlier, epoch ms */
export function eventListView(page: Page<Event>, readAt: number): z.input<typeof EventList> {
  return { ...listView(page, eventView), pollAfter: timeText(readAt - LIMITS.notYetLoggedSeconds * 1_000) };
}

export function eventWithDeliveriesView({
  event,
  deliveries,
}: {
  event: Event;
  deliveries: readonly DeliveryAndEndpoint[];
}): z.input<typeof EventWithDeliveriesView> {
  return {
    ...eventView(event),
    deliveries: deliveries.map(deliveryView),
    explanation: explainEvent(
      event.type,
      deliveries.map(({ delivery }) => delivery),
    ),
  };
}
