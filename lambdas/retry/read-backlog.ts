import { type CompletionPorts, completeDeliveries } from "../delivery/complete-deliveries.ts";
import { isOutcomeOf, type LoggedEvent, type PendingDelivery } from "../delivery/model/delivery.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/events.ts";
import { idTime } from "../shared/ids.ts";

interface World extends CompletionPorts {
  readonly clock: Clock;
  readonly log: EventLog;
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
  /** The earliest time that one of those left out is due. */
  readonly nextDueAt?: number;
}

/**
 * Reads a part of an endpoint's backlog, and the event and the final item with each: a crash, or a second copy of a
 * message, can leave a backlog item of a delivery that has ended. Such a one is taken away here, and never tried again.
 * @param query `dueBy`: what is due later is left out, before anything more is read of it
 */
export async function readBacklog(
  world: World,
  owner: Owner,
  { dueBy = Number.POSITIVE_INFINITY, ...query }: { after?: string; limit: number; dueBy?: number },
): Promise<BacklogPart> {
  const page = await world.deliveries.oldest(owner.endpoint, query);
  const last = page.at(-1);
  if (last === undefined) return { waiting: [] };
  const isDue = (pending: PendingDelivery) => pending.dueAt <= dueBy || isSkipped(pending, owner);
  const later = page.filter((pending) => !isDue(pending)).map(({ dueAt }) => dueAt);
  return {
    waiting: await stillWaiting(world, owner, page.filter(isDue)),
    last: last.eventId,
    ...(later.length > 0 && { nextDueAt: Math.min(...later) }),
  };
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

/** What waits in another's stead is not its user's to skip. */
function isSkipped({ eventId, resentAt, onBehalfOf }: PendingDelivery, { skipBefore }: Owner): boolean {
  // Decoding an id costs more than all else here, and most backlogs have nothing to skip.
  return skipBefore !== undefined && onBehalfOf === undefined && (resentAt ?? idTime(eventId)) < skipBefore;
}

/** What is still to be sent of these; what is not is ended, or taken away. */
export async function stillWaiting(world: World, owner: Owner, page: readonly PendingDelivery[]): Promise<Waiting[]> {
  if (page.length === 0) return [];
  const { clock, log, deliveries } = world;
  const ids = page.map(({ eventId }) => eventId);
  const [events, ended] = await Promise.all([log.find(owner.account, ids), deliveries.ended(page)]);
  const words = new Map(ended.map((end) => [end.eventId, end]));
  const waiting: Waiting[] = [];
  const over = page.flatMap((pending) => {
    const event = events.get(pending.eventId);
    const word = words.get(pending.eventId);
    if (word !== undefined && isOutcomeOf(word, pending)) return [word];
    if (isSkipped(pending, owner)) return [endedBy(pending, "cancelled", "skipped", clock.now())];
    if (event === undefined) return [endedBy(pending, "exhausted", "expired", clock.now())];
    waiting.push({ pending, event });
    return [];
  });
  if (over.length > 0) await completeDeliveries(world, over);
  return waiting;
}
