import type { Delivery, LoggedEvent } from "../delivery/model/delivery.ts";
import { deliveriesOf, endpointsWithItems, withoutEndpoint } from "../delivery/model/delivery-status.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { idTime } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";

export interface ReadPorts {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly endpoints: Endpoints;
  readonly states: States;
}
interface DeliveryAndEndpoint {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint | undefined;
  readonly state: EndpointState | undefined;
  /** Pending deliveries behind a pending one, counted up to 1,000. Absent where it was not counted. */
  readonly behind?: number;
}

/** @throws {RappelError} `EVENT_NOT_YET_LOGGED` while it may not be logged yet, `EVENT_NOT_FOUND` after that */
export async function findEvent(
  { clock, log }: Pick<ReadPorts, "clock" | "log">,
  account: string,
  id: string,
): Promise<LoggedEvent> {
  const event = (await log.find(account, [id])).get(id);
  if (event !== undefined) return event;
  const ageMs = clock.now() - idTime(id);
  if (ageMs > LIMITS.notYetLoggedSeconds * 1000 || ageMs < -LIMITS.clockSkewMs)
    throw new RappelError("EVENT_NOT_FOUND", "The account has no event with this id, or its retention has ended");
  throw new RappelError(
    "EVENT_NOT_YET_LOGGED",
    "An event is logged after its first attempts: if there is an event with this id, it is not in the log yet",
    { retryAfterSeconds: 1 },
  );
}

export interface EventWithDeliveries {
  readonly event: LoggedEvent;
  readonly deliveries: readonly DeliveryAndEndpoint[];
}

export async function findEventWithDeliveries(
  ports: ReadPorts,
  account: string,
  id: string,
): Promise<EventWithDeliveries> {
  const event = await findEvent(ports, account, id);
  // Only the endpoints that it was sent to: an account can have hundreds.
  const sentTo = endpointsOf(event).map((endpoint) => ({ account, id: endpoint }));
  const { deliveries } = await withDeliveries(ports, event, await ports.endpoints.findAll(sentTo));
  const pending = deliveries.filter(({ delivery, state }) => delivery.status === "pending" && state !== undefined);
  if (pending.length > LIMITS.behindDeliveries) return { event, deliveries };
  const counted = deliveries.map(async (each) => {
    if (!pending.includes(each)) return each;
    const behind = await ports.deliveries.count(each.delivery.endpoint, { above: id, max: LIMITS.behindMax });
    return { ...each, behind };
  });
  return { event, deliveries: await Promise.all(counted) };
}

function endpointsOf(event: LoggedEvent): string[] {
  const { delivered, parked, withheld, resentTo } = event;
  return [...new Set([...Object.keys(delivered), ...Object.keys(parked), ...Object.keys(withheld), ...resentTo])];
}

/** @param endpoints those of the event's deliveries, or all of its account */
export async function withDeliveries(
  ports: Pick<ReadPorts, "deliveries" | "states">,
  event: LoggedEvent,
  endpoints: readonly Endpoint[],
): Promise<EventWithDeliveries> {
  const all = (await allDeliveries(ports, [event])).get(event.id) ?? [];
  const pending = all.filter(({ status }) => status === "pending").map(({ endpoint }) => endpoint);
  const states = pending.length === 0 ? new Map<string, EndpointState>() : await ports.states.read(pending);
  const deliveries = all.map((delivery) => {
    const endpoint = endpoints.find((each) => each.id === delivery.endpoint);
    const state = states.get(delivery.endpoint);
    // While a deleted endpoint is held, its backlog is not cancelled yet.
    const isGone = endpoint === undefined && state?.keptUntil === undefined;
    if (isGone) return { endpoint, state: undefined, delivery: withoutEndpoint(delivery) };
    return { endpoint, state, delivery };
  });
  return { event, deliveries };
}

/** The deliveries of each event: first attempts from the log, later ones from backlog and final items. */
export async function allDeliveries(
  { deliveries }: Pick<ReadPorts, "deliveries">,
  events: readonly LoggedEvent[],
): Promise<Map<string, Delivery[]>> {
  const keys = events.flatMap((event) =>
    endpointsWithItems(event).map((endpoint) => ({ endpoint, eventId: event.id })),
  );
  // Backlog before final items: a delivery that ends in between is then read as ended, not missed.
  const pending = await deliveries.pending(keys);
  const ended = await deliveries.ended(keys);
  return new Map(events.map((event) => [event.id, deliveriesOf(event, pending, ended)]));
}
