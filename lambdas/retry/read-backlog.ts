import { type CompletionPorts, completeDeliveries } from "../delivery/complete-deliveries.ts";
import { isOutcomeOf, type LoggedEvent, type PendingDelivery } from "../delivery/model/delivery.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/events.ts";
import { idTime } from "../shared/ids.ts";

interface Ports extends CompletionPorts {
  readonly clock: Clock;
  readonly log: EventLog;
}

/** A pending delivery with its event. */
export interface PendingWithEvent {
  readonly pending: PendingDelivery;
  readonly event: LoggedEvent;
}

/** The endpoint whose backlog is read. */
export interface Owner {
  readonly endpoint: string;
  readonly account: string;
  /** Deliveries of events accepted before are cancelled, not read. */
  readonly skipBefore?: number;
  /** Its retry schedule has no waits: deliveries that have failed once have ended. */
  readonly isTriedOnce?: boolean;
}

/** A part of a backlog, in the order of events. */
export interface BacklogPart {
  readonly waiting: readonly PendingWithEvent[];
  /** The last event that was read; absent at the end of the backlog. */
  readonly last?: string;
  /** When the first delivery that was left out is due. */
  readonly nextDueAt?: number;
}

/**
 * Reads a part of an endpoint's backlog, with the event and the final item of each delivery. After a crash, or a second
 * copy of a message, an ended delivery can still have a backlog item: it is removed here and not sent again.
 * @param query `dueBy`: deliveries that are due later are left out, and only their backlog item is read
 */
export async function readBacklog(
  ports: Ports,
  owner: Owner,
  { dueBy = Number.POSITIVE_INFINITY, ...query }: { after?: string; limit: number; dueBy?: number },
): Promise<BacklogPart> {
  const page = await ports.deliveries.oldest(owner.endpoint, query);
  const last = page.at(-1);
  if (last === undefined) return { waiting: [] };
  const isDue = (pending: PendingDelivery) => pending.dueAt <= dueBy || isSkipped(pending, owner);
  const later = page.filter((pending) => !isDue(pending)).map(({ dueAt }) => dueAt);
  return {
    waiting: await stillPending(ports, owner, page.filter(isDue)),
    last: last.eventId,
    ...(later.length > 0 && { nextDueAt: Math.min(...later) }),
  };
}

/** The newest deliveries of a backlog, newest first, except the events `without`. */
export async function readNewest(
  ports: Ports,
  owner: Owner,
  without: readonly string[],
  limit: number,
): Promise<readonly PendingWithEvent[]> {
  const { items } = await ports.deliveries.backlog(owner.endpoint, { limit: limit + without.length });
  const others = items.filter(({ eventId }) => !without.includes(eventId)).slice(0, limit);
  return stillPending(ports, owner, others);
}

/** Deliveries on behalf of another endpoint are never skipped. */
function isSkipped({ eventId, resentAt, onBehalfOf }: PendingDelivery, { skipBefore }: Owner): boolean {
  // Decoding an id costs more than all the rest, and most backlogs have nothing to skip.
  return skipBefore !== undefined && onBehalfOf === undefined && (resentAt ?? idTime(eventId)) < skipBefore;
}

/** Those of these deliveries that must still be sent. The others are ended or removed. */
export async function stillPending(
  ports: Ports,
  owner: Owner,
  page: readonly PendingDelivery[],
): Promise<PendingWithEvent[]> {
  if (page.length === 0) return [];
  const { clock, log, deliveries } = ports;
  const ids = page.map(({ eventId }) => eventId);
  const [events, ended] = await Promise.all([log.find(owner.account, ids), deliveries.ended(page)]);
  const outcomes = new Map(ended.map((outcome) => [outcome.eventId, outcome]));
  const waiting: PendingWithEvent[] = [];
  const over = page.flatMap((pending) => {
    const event = events.get(pending.eventId);
    const outcome = outcomes.get(pending.eventId);
    if (outcome !== undefined && isOutcomeOf(outcome, pending)) return [outcome];
    if (isSkipped(pending, owner)) return [endedBy(pending, "cancelled", "skipped", clock.now())];
    if (event === undefined) return [endedBy(pending, "exhausted", "expired", clock.now())];
    if (owner.isTriedOnce === true && pending.failures > 0)
      return [endedBy(pending, "exhausted", "schedule", clock.now())];
    waiting.push({ pending, event });
    return [];
  });
  if (over.length > 0) await completeDeliveries(ports, over);
  return waiting;
}
