import type { Attempt } from "../core/attempt.ts";
import type { FirstResult, LoggedEvent, PendingDelivery } from "../core/delivery.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Event } from "../core/event.ts";
import { eventExpiresAt, leftoverExpiresAt } from "../core/retention.ts";
import { nextDueAt, stagesOf } from "../core/retry-schedule.ts";
import type { Clock, Deliveries, EventLog } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
}

/** One endpoint that wanted the event, and how its first attempt went; without one where the time was up. */
export interface Tried {
  readonly endpoint: Endpoint;
  readonly attempt: Attempt | undefined;
}

/**
 * Writes down how an event's first attempts went: the event item, then a backlog item for each delivery that is pending.
 * Where the event item is there already, another copy of the message was faster: its outcomes stay, and only a success
 * of ours still ends a delivery that it left pending.
 */
export async function settleEvent(world: World, event: Event, tried: readonly Tried[]): Promise<void> {
  const isDelivered = ({ attempt }: Tried) => attempt?.outcome === "success";
  const logged: LoggedEvent = {
    ...event,
    delivered: resultsOf(tried.filter(isDelivered), event),
    parked: resultsOf(
      tried.filter((one) => !isDelivered(one)),
      event,
    ),
  };
  const earlier = await world.log.add(logged, eventExpiresAt(event.acceptedAt));
  if (earlier === undefined) {
    await Promise.all(
      tried
        .filter((one) => !isDelivered(one))
        .map((one) =>
          world.deliveries.park(pendingOf(one, event, world.clock.now()), leftoverExpiresAt(event.acceptedAt)),
        ),
    );
    return;
  }
  await repark(world, earlier);
  await Promise.all(
    tried
      .filter((one) => isDelivered(one) && earlier.parked[one.endpoint.id] !== undefined)
      .map((one) => endDelivered(world, event, one)),
  );
}

/** Does what a crash may have left undone: each parked delivery of a logged event is in its backlog, or has ended. */
export async function repark(
  { clock, deliveries }: Pick<World, "clock" | "deliveries">,
  event: LoggedEvent,
): Promise<void> {
  const keys = Object.keys(event.parked).map((endpoint) => ({ endpoint, eventId: event.id }));
  if (keys.length === 0) return;
  const ended = new Set((await deliveries.ended(keys)).map(({ endpoint }) => endpoint));
  const missing = Object.entries(event.parked).filter(([endpoint]) => !ended.has(endpoint));
  await Promise.all(
    missing.map(([endpoint, result]) =>
      deliveries.park(reparked(event, endpoint, result, clock.now()), leftoverExpiresAt(event.acceptedAt)),
    ),
  );
}

function resultsOf(tried: readonly Tried[], event: Event): Record<string, FirstResult> {
  return Object.fromEntries(
    tried.map(({ endpoint, attempt }): [string, FirstResult] => [
      endpoint.id,
      attempt === undefined
        ? { code: "untried", durationMs: 0, at: event.acceptedAt }
        : { code: attempt.answer?.status ?? attempt.outcome, durationMs: attempt.durationMs, at: attempt.startedAt },
    ]),
  );
}

function pendingOf({ endpoint, attempt }: Tried, event: Event, now: number): PendingDelivery {
  const common = { endpoint: endpoint.id, account: event.account, eventId: event.id, type: event.type };
  if (attempt === undefined) return { ...common, failures: 0, dueAt: now, attempts: [] };
  const endedAt = attempt.startedAt + attempt.durationMs;
  return {
    ...common,
    failures: 1,
    firstFailedAt: endedAt,
    dueAt: nextDueAt(stagesOf(endpoint.retrySchedule), 1, endedAt) ?? endedAt,
    attempts: [attempt],
  };
}

/** The attempt's answer is lost with the process that got it; that it was made is not. */
function reparked(
  event: LoggedEvent,
  endpoint: string,
  { code, durationMs, at }: FirstResult,
  now: number,
): PendingDelivery {
  const common = { endpoint, account: event.account, eventId: event.id, type: event.type, dueAt: now };
  if (code === "untried") return { ...common, failures: 0, attempts: [] };
  return {
    ...common,
    failures: 1,
    firstFailedAt: at + durationMs,
    attempts: [{ outcome: "internal", startedAt: at, durationMs, reason: `first attempt: ${code}` }],
  };
}

async function endDelivered({ clock, deliveries }: World, event: Event, { endpoint, attempt }: Tried): Promise<void> {
  const attempts = attempt === undefined ? [] : [attempt];
  await deliveries.end(
    {
      endpoint: endpoint.id,
      account: event.account,
      eventId: event.id,
      status: "delivered",
      endedAt: clock.now(),
      attempts,
    },
    eventExpiresAt(event.acceptedAt),
  );
}
