import type { Delivery, LoggedEvent } from "../delivery/model/delivery.ts";
import { type EventOutcome, type EventStatus, hasStatus, outcomeOfEvent } from "../delivery/model/delivery-query.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries, UnsuccessfulDeliveries } from "../ports/deliveries.ts";
import type { Claims, EventLog, LogQuery } from "../ports/events.ts";
import type { Page } from "../ports/page.ts";
import { fillPage } from "./fill-page.ts";
import { matchesType } from "./model/event.ts";
import { allDeliveries } from "./read-events.ts";

interface Ports {
  readonly clock: Pick<Clock, "now">;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly unsuccessful: UnsuccessfulDeliveries;
  readonly claims: Pick<Claims, "findEventId">;
}
export interface EventQuery extends Pick<LogQuery, "type" | "eventId" | "endpoint" | "before" | "after" | "limit"> {
  /** With an endpoint: `pending`, `failed` and `delivered` are about its delivery alone. */
  readonly status?: EventStatus;
}
export interface ListedEvent {
  readonly event: LoggedEvent;
  readonly outcome: EventOutcome;
}

/**
 * The events of an account, newest first, each with its outcome. Failed and pending ones are found in an index, all others
 * in the log. A page can be shorter than requested, even empty, although `next` says that there are more.
 */
export async function listEvents(
  ports: Ports,
  account: string,
  { before, ...query }: EventQuery,
): Promise<Page<ListedEvent>> {
  return fillPage(ports.clock, query.limit, before, async (from, limit) => {
    const page = await readEvents(ports, account, { ...query, limit, ...(from !== undefined && { before: from }) });
    const deliveries = await allDeliveries(ports, page.items);
    const listed = page.items
      .map((event) => ({ event, deliveries: deliveries.get(event.id) ?? [] }))
      .filter((each) => isListed(each, query));
    return { ...page, items: listed.map((each) => ({ event: each.event, outcome: outcomeOfEvent(each.deliveries) })) };
  });
}

async function readEvents(ports: Ports, account: string, query: EventQuery): Promise<Page<LoggedEvent>> {
  const { status, ...rest } = query;
  const found = await findByEventId(ports, account, query);
  if (found !== undefined) return found;
  if (status !== "failed" && status !== "pending")
    return ports.log.list(account, { ...rest, ...(status === "unmatched" && { isUnmatched: true }) });
  const { eventId: _, ...indexed } = rest;
  const { items, next } = await ports.unsuccessful.list(account, { ...indexed, groups: [status] });
  const events = await ports.log.find(
    account,
    items.map(({ eventId }) => eventId),
  );
  const ordered = [...events.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  // The rest of an event's entries is skipped: it is on this page already.
  const [nextEvent] = next?.split("#") ?? [];
  return { items: ordered, ...(nextEvent !== undefined && { next: nextEvent }) };
}

/** The event for which a producer's id was last accepted, within 24 hours. Older ones are found in the log. */
async function findByEventId(
  { claims, log }: Ports,
  account: string,
  { eventId, before = "~", after = "!" }: EventQuery,
): Promise<Page<LoggedEvent> | undefined> {
  const id = eventId === undefined ? undefined : await claims.findEventId(account, eventId);
  if (id === undefined || id >= before || id < after) return undefined;
  const items = [...(await log.find(account, [id])).values()];
  return items.length === 0 ? undefined : { items, next: id };
}

function isListed(
  { event, deliveries }: { event: LoggedEvent; deliveries: readonly Delivery[] },
  { status, type, eventId, endpoint }: Omit<EventQuery, "before">,
): boolean {
  const asked = endpoint === undefined ? deliveries : deliveries.filter((each) => each.endpoint === endpoint);
  return (
    (status === undefined || hasStatus(outcomeOfEvent(asked), status)) &&
    (type === undefined || matchesType(type, event.type)) &&
    (eventId === undefined || event.eventId === eventId) &&
    (endpoint === undefined || asked.length > 0)
  );
}
