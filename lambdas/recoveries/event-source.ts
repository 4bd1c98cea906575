import type { EventResults } from "../delivery/model/delivery.ts";
import type { DeliveryGroup } from "../delivery/model/delivery-query.ts";
import type { UnsuccessfulDeliveries } from "../ports/deliveries.ts";
import type { EventLog } from "../ports/events.ts";
import type { RecoveryFilter } from "./model/recovery.ts";

/** Reads events oldest first, after an id. None: there are no more. */
export type EventSource = (after: string, limit: number) => Promise<readonly EventResults[]>;

/** All events of an account. */
export function logSource({ log }: { readonly log: EventLog }, account: string): EventSource {
  return (after, limit) => log.oldest(account, { after, limit });
}

/**
 * The events that an estimate reads: if it is about failed and pending deliveries alone, those from the index. A step reads
 * the log instead: what it has sent again leaves the index, and a step that is repeated after a crash must count it.
 */
export function estimateSource(
  ports: { readonly log: EventLog; readonly unsuccessful: UnsuccessfulDeliveries },
  account: string,
  { statuses }: Pick<RecoveryFilter, "statuses">,
): EventSource {
  if (statuses.includes("delivered") || statuses.includes("unsent")) return logSource(ports, account);
  const groups: DeliveryGroup[] = [
    ...(statuses.includes("pending") ? (["pending"] as const) : []),
    ...(statuses.some((status) => status !== "pending") ? (["failed"] as const) : []),
  ];
  return async (after, limit) => {
    for (let from: string | undefined = pastEvent(after); from !== undefined; ) {
      const page = await ports.unsuccessful.list(account, { groups, order: "oldest first", after: from, limit });
      const ids = new Set(page.items.map(({ eventId }) => eventId));
      const events = ids.size === 0 ? [] : [...(await ports.log.find(account, [...ids])).values()];
      if (events.length > 0) return events.sort((a, b) => (a.id < b.id ? -1 : 1));
      from = page.next === undefined ? undefined : pastEvent(page.next);
    }
    return [];
  };
}

/** After all entries of an event, whose places go on with `#` or `!`, and before those of the next event. */
function pastEvent(place: string): string {
  return `${place.split(/[#!]/)[0]}$`;
}
