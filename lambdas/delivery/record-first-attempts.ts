import type { Event } from "../events/model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { EventLog } from "../ports/events.ts";
import { type CompletionPorts, completeDeliveries } from "./complete-deliveries.ts";
import type { LoggedEvent } from "./model/delivery.ts";
import { isDelivered, loggedEvent, pendingFrom, type Tried } from "./model/first-attempt.ts";

interface World extends CompletionPorts {
  readonly clock: Clock;
  readonly log: EventLog;
}

/**
 * Writes down how an event's first attempts went: the event item, then a backlog item for each delivery that is pending.
 * Where the event item is there already, another copy of the message was faster: its outcomes stay, and only a success
 * of ours still ends a delivery that it left pending.
 * @param keptUntil when its retention ends
 * @returns what joined the backlogs
 */
export async function recordFirstAttempts(
  world: World,
  event: Event,
  tried: readonly Tried[],
  keptUntil: number,
): Promise<LoggedEvent["parked"]> {
  const logged = loggedEvent(event, tried, { now: world.clock.now(), keptUntil });
  const earlier = await world.log.add(logged);
  if (earlier === undefined) {
    const attempts = new Map(tried.map(({ endpoint, attempt }) => [endpoint.id, attempt]));
    const pending = Object.entries(logged.parked).map(([endpoint, result]) =>
      pendingFrom(logged, endpoint, result, attempts.get(endpoint)),
    );
    await world.deliveries.parkNew(pending);
    return logged.parked;
  }
  const parked = await restorePending(world, earlier);
  for (const one of tried) {
    if (isDelivered(one) && earlier.parked[one.endpoint.id] !== undefined) await endDelivered(world, earlier, one);
  }
  return parked;
}

/** Does what a crash may have left undone: each parked delivery of a logged event is in its backlog, or has ended. */
export async function restorePending(
  { deliveries }: { readonly deliveries: Deliveries },
  event: LoggedEvent,
): Promise<LoggedEvent["parked"]> {
  const keys = Object.keys(event.parked).map((endpoint) => ({ endpoint, eventId: event.id }));
  if (keys.length === 0) return {};
  const ended = new Set((await deliveries.ended(keys)).map(({ endpoint }) => endpoint));
  for (const [endpoint, result] of Object.entries(event.parked)) {
    if (ended.has(endpoint)) continue;
    await deliveries.park(pendingFrom(event, endpoint, result));
  }
  return event.parked;
}

async function endDelivered(world: World, event: LoggedEvent, { endpoint, attempt }: Tried): Promise<void> {
  const ended = {
    endpoint: endpoint.id,
    account: event.account,
    eventId: event.id,
    type: event.type,
    status: "delivered",
    endedAt: world.clock.now(),
    keptUntil: event.keptUntil,
    attempts: attempt === undefined ? [] : [attempt],
  } as const;
  await completeDeliveries(world, [ended]);
}
