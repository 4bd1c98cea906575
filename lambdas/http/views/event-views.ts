import type * as z from "zod";
import type { Scope } from "../../accounts/model/key.ts";
import type { EventOutcome } from "../../delivery/model/delivery-query.ts";
import { eventReasonOf } from "../../delivery/model/delivery-reason.ts";
import { explainEvent } from "../../delivery/model/explain-delivery.ts";
import type { Event } from "../../events/model/event.ts";
import type { Page } from "../../ports/page.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { AcceptedOneOrMany, EventList, EventView, EventWithDeliveriesView } from "../responses/event-responses.ts";
import { timeText } from "../schemas/fields.ts";
import { scannedListView } from "./common-views.ts";
import { type DeliveryAndEndpoint, deliveryView } from "./delivery-views.ts";

interface ListedEvent {
  readonly event: Event;
  readonly outcome: EventOutcome;
}

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

const PAYLOADS_BYTES = 4 * 1024 * 1024; // ours: a Lambda function's response has at most 6 MB

/** @param readAt when the list was read or earlier, epoch ms */
export function eventListView(page: Page<ListedEvent>, readAt: number, include?: "payload"): z.input<typeof EventList> {
  const pollAfter = timeText(readAt - LIMITS.notYetLoggedSeconds * 1_000);
  if (include === undefined) return { ...scannedListView(page, listedEventView), pollAfter };
  const withPayload = ({ event, outcome }: ListedEvent) => ({
    ...listedEventView({ event, outcome }),
    payload: Buffer.from(event.payload).toString("utf8"),
  });
  return { ...scannedListView(upToBytes(page, PAYLOADS_BYTES), withPayload), pollAfter };
}

/** The page's first events, as many as have this many bytes of payload as JSON text, but at least one. */
function upToBytes(page: Page<ListedEvent>, max: number): Page<ListedEvent> {
  let bytes = 0;
  const fits = page.items.findIndex(({ event }, n) => {
    bytes += Buffer.byteLength(JSON.stringify(Buffer.from(event.payload).toString("utf8")));
    return n > 0 && bytes > max;
  });
  if (fits === -1) return page;
  const items = page.items.slice(0, fits);
  const last = items.at(-1);
  return { items, ...(last !== undefined && { next: last.event.id }) };
}

function listedEventView({ event, outcome }: ListedEvent) {
  return { ...eventView(event), outcome: { ...outcome } };
}

export function eventWithDeliveriesView(
  { event, deliveries }: { event: Event; deliveries: readonly DeliveryAndEndpoint[] },
  scopes: readonly Scope[],
): z.input<typeof EventWithDeliveriesView> {
  const why = eventReasonOf(
    event.type,
    deliveries.map(({ delivery }) => delivery),
  );
  return {
    ...eventView(event),
    deliveries: deliveries.map((each) => deliveryView(each, scopes)),
    explanation: explainEvent(why),
    reasonCode: why.code,
    reasonParams: why.params,
  };
}
