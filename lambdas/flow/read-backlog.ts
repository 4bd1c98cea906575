import type { LoggedEvent, PendingDelivery } from "../core/delivery.ts";
import { endedBy } from "../core/delivery-history.ts";
import { idTime } from "../core/ids.ts";
import { eventExpiresAt } from "../core/retention.ts";
import type { Clock, Deliveries, EventLog } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
}

/** A pending delivery and what it is to deliver. */
export interface Waiting {
  readonly pending: PendingDelivery;
  readonly event: LoggedEvent;
}

/** Whose backlog is read. */
export interface Owner {
  readonly endpoint: string;
  readonly account: string;
  /** What was accepted before is cancelled, not read. */
  readonly skipBefore?: number;
}

/** A part of a backlog, in the order of events. */
export interface BacklogPart {
  readonly waiting: readonly Waiting[];
  /** The last event looked at; absent where nothing was left. */
  readonly last?: string;
}

/**
 * Reads a part of an endpoint's backlog, and the event and the final item with each: a crash, or a second copy of a
 * message, can leave a backlog item of a delivery that has ended. Such a one is taken away here, and never tried again.
 */
export async function readBacklog(
  world: World,
  owner: Owner,
  query: { after?: string; limit: number },
): Promise<BacklogPart> {
  const page = await world.deliveries.oldest(owner.endpoint, query);
  const last = page.at(-1);
  if (last === undefined) return { waiting: [] };
  return { waiting: await stillWaiting(world, owner, page), last: last.eventId };
}

/** The newest of a backlog, newest first, but for the events `without`. */
export async function readNewest(
  world: World,
  owner: Owner,
  without: readonly string[],
  limit: number,
): Promise<readonly Waiting[]> {
  const { items } = await world.deliveries.backlog(owner.endpoint, { limit: limit + without.length });
  const others = items.filter(({ eventId }) => !without.includes(eventId)).slice(0, limit);
  return stillWaiting(world, owner, others);
}

async function stillWaiting(
  { clock, log, deliveries }: World,
  { account, skipBefore = 0 }: Owner,
  page: readonly PendingDelivery[],
): Promise<Waiting[]> {
  if (page.length === 0) return [];
  const ids = page.map(({ eventId }) => eventId);
  const [events, ended] = await Promise.all([log.find(account, ids), deliveries.ended(page)]);
  const waiting: Waiting[] = [];
  for (const pending of page) {
    const event = events.get(pending.eventId);
    const isSkipped = idTime(pending.eventId) < skipBefore;
    const earlier = ended.find(({ eventId }) => eventId === pending.eventId);
    if (earlier === undefined && event !== undefined && !isSkipped) {
      waiting.push({ pending, event });
      continue;
    }
    const end = isSkipped
      ? endedBy(pending, "cancelled", "skipped", clock.now())
      : endedBy(pending, "exhausted", "expired", clock.now());
    await deliveries.end(earlier ?? end, eventExpiresAt(idTime(pending.eventId)));
  }
  return waiting;
}
