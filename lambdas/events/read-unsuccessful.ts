import { type Delivery, isOutcomeOf } from "../delivery/model/delivery.ts";
import { placeOf } from "../delivery/model/delivery-query.ts";
import {
  endedDelivery,
  endpointsWithItems,
  pendingDelivery,
  withheldDeliveries,
} from "../delivery/model/delivery-status.ts";
import type { Deliveries, UnsuccessfulDeliveries, UnsuccessfulQuery } from "../ports/deliveries.ts";
import type { EventLog } from "../ports/events.ts";
import type { Page } from "../ports/page.ts";

interface Ports {
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly unsuccessful: UnsuccessfulDeliveries;
}

/**
 * Reads a page of the index of unsuccessful deliveries, and each delivery itself, strongly consistent. A delivery that the
 * index had, but that has succeeded meanwhile, is shown as delivered.
 */
export async function readUnsuccessful(
  { log, deliveries, unsuccessful }: Ports,
  account: string,
  query: UnsuccessfulQuery,
): Promise<Page<{ readonly place: string; readonly delivery: Delivery }>> {
  const page = await unsuccessful.list(account, query);
  const keys = page.items.flatMap(({ eventId, endpoint }) => (endpoint === undefined ? [] : [{ eventId, endpoint }]));
  const ofLog = page.items.filter(({ endpoint }) => endpoint === undefined).map(({ eventId }) => eventId);
  const none = Promise.resolve([]);
  // Backlog before final items: a delivery that ends in between is then read as ended, not missed.
  const pending = await (keys.length === 0 ? none : deliveries.pending(keys));
  const [ended, events] = await Promise.all([
    keys.length === 0 ? none : deliveries.ended(keys),
    ofLog.length === 0 ? new Map<string, never>() : log.find(account, ofLog),
  ]);
  const [pendingBy, endedBy] = [byPlace(pending), byPlace(ended)];
  const own = new Map(
    keys.flatMap((key) => {
      const place = placeOf(key);
      const [waiting, final] = [pendingBy.get(place), endedBy.get(place)];
      if (waiting !== undefined && (final === undefined || !isOutcomeOf(final, waiting)))
        return [[place, pendingDelivery(waiting)] as const];
      return final === undefined ? [] : [[place, endedDelivery(final)] as const];
    }),
  );
  const logged = [...events.values()].flatMap((event) =>
    withheldDeliveries(event)
      // Resent meanwhile: it has an item of its own.
      .filter(({ endpoint }) => !endpointsWithItems(event).includes(endpoint))
      .map((delivery) => ({ place: placeOf(delivery, true), delivery })),
  );
  return { ...page, items: [...[...own].map(([place, delivery]) => ({ place, delivery })), ...logged] };
}

function byPlace<T extends { eventId: string; endpoint: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [placeOf(item), item]));
}
