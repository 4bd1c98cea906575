import { stagesOf } from "../endpoints/model/preset.ts";
import type { Event } from "../events/model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { EventLog } from "../ports/events.ts";
import { waitsIn } from "../retry/model/retry-schedule.ts";
import { type CompletionPorts, completeDeliveries } from "./complete-deliveries.ts";
import type { LoggedEvent } from "./model/delivery.ts";
import { loggedEvent, pendingFrom, type Tried } from "./model/first-attempt.ts";
import { delivered, endedBy } from "./model/pending-delivery.ts";

interface Ports extends CompletionPorts {
  readonly clock: Clock;
  readonly log: EventLog;
}

/**
 * Records an event's first attempts: the event item, then a backlog item for each pending delivery. If the event item
 * exists, another copy of the message was recorded first: its results stay, and only our successes still end deliveries
 * that it left pending.
 * @param keptUntil when its retention ends
 * @returns the deliveries that joined a backlog
 */
export async function recordFirstAttempts(
  ports: Ports,
  event: Event,
  tried: readonly Tried[],
  keptUntil: number,
): Promise<LoggedEvent["parked"]> {
  const logged = loggedEvent(event, tried, { now: ports.clock.now(), keptUntil });
  const earlier = await ports.log.add(logged);
  if (earlier === undefined) {
    const attempts = new Map(tried.map(({ endpoint, attempt }) => [endpoint.id, attempt]));
    const pending = Object.entries(logged.parked).map(([endpoint, result]) =>
      pendingFrom(logged, endpoint, result, attempts.get(endpoint)),
    );
    await ports.deliveries.addNewToBacklog(pending);
    // Through the backlog too: after a crash, a round finds what is not completed.
    const once = new Set(tried.filter(isTriedOnce).map(({ endpoint }) => endpoint.id));
    const over = pending.filter(({ endpoint }) => once.has(endpoint));
    const now = ports.clock.now();
    await completeDeliveries(
      ports,
      over.map((each) => endedBy(each, "exhausted", "schedule", now)),
    );
    return Object.fromEntries(Object.entries(logged.parked).filter(([endpoint]) => !once.has(endpoint)));
  }
  const parked = await restorePending(ports, earlier);
  for (const { endpoint, attempt } of tried) {
    const result = earlier.parked[endpoint.id];
    if (attempt?.outcome !== "success" || result === undefined) continue;
    await completeDeliveries(ports, [delivered(pendingFrom(earlier, endpoint.id, result), attempt)]);
  }
  return parked;
}

/** Whether the first attempt was the only one: it failed, and the schedule has no waits. */
function isTriedOnce({ endpoint, attempt }: Tried): boolean {
  return attempt !== undefined && waitsIn(stagesOf(endpoint.retrySchedule)) === 0;
}

/** Makes sure, after a possible crash, that each pending delivery of a logged event is in its backlog or has ended. */
export async function restorePending(
  { deliveries }: { readonly deliveries: Deliveries },
  event: LoggedEvent,
): Promise<LoggedEvent["parked"]> {
  const keys = Object.keys(event.parked).map((endpoint) => ({ endpoint, eventId: event.id }));
  if (keys.length === 0) return {};
  const ended = new Set((await deliveries.ended(keys)).map(({ endpoint }) => endpoint));
  for (const [endpoint, result] of Object.entries(event.parked)) {
    if (ended.has(endpoint)) continue;
    await deliveries.addToBacklog(pendingFrom(event, endpoint, result));
  }
  return event.parked;
}
