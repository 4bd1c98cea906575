import type { Delivery, LoggedEvent } from "../delivery/model/delivery.ts";
import { deliveriesOf, endpointsWithItems, withoutEndpoint } from "../delivery/model/delivery-status.ts";
import { BEHIND_MAX } from "../delivery/model/explain-delivery.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { idTime } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";

// Two machines' clocks may differ by so much; an id of a later time is none of ours.
const CLOCK_SKEW_MS = 60_000;
// Ours: where so many endpoints wait, what is behind each is not counted; it takes eight queries for each.
const BEHIND_FOR = 20;

interface World {
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
  /** Of a pending one, where there are 20 at most: how many events wait behind it, counted up to 1,000. */
  readonly behind?: number;
}

/** @throws {RappelError} `EVENT_NOT_YET_LOGGED` while it may still be on its way, `EVENT_NOT_FOUND` after that */
export async function findEvent(
  { clock, log }: Pick<World, "clock" | "log">,
  account: string,
  id: string,
): Promise<LoggedEvent> {
  const event = (await log.find(account, [id])).get(id);
  if (event !== undefined) return event;
  const ageMs = clock.now() - idTime(id);
  if (ageMs > LIMITS.notYetLoggedSeconds * 1000 || ageMs < -CLOCK_SKEW_MS)
    throw new RappelError("EVENT_NOT_FOUND", "The account has no event with this id, or its retention has ended");
  throw new RappelError(
    "EVENT_NOT_YET_LOGGED",
    "An event is logged after its first attempts; if there is one with this id, it is still on its way",
    { retryAfterSeconds: 1 },
  );
}

export async function findEventWithDeliveries(
  world: World,
  account: string,
  id: string,
): Promise<{ event: LoggedEvent; deliveries: DeliveryAndEndpoint[] }> {
  const event = await findEvent(world, account, id);
  const [all, endpoints] = await Promise.all([allDeliveries(world, [event]), world.endpoints.list(account)]);
  const deliveries = all.get(id) ?? [];
  const pending = deliveries.filter(({ status }) => status === "pending").map(({ endpoint }) => endpoint);
  const states = pending.length === 0 ? new Map<string, EndpointState>() : await world.states.read(pending);
  const told = deliveries.map(async (delivery) => {
    const endpoint = endpoints.find((one) => one.id === delivery.endpoint);
    if (endpoint === undefined) return { endpoint, state: undefined, delivery: withoutEndpoint(delivery) };
    const state = states.get(delivery.endpoint);
    if (delivery.status !== "pending" || pending.length > BEHIND_FOR) return { endpoint, state, delivery };
    const behind = await world.deliveries.count(delivery.endpoint, { above: id, max: BEHIND_MAX });
    return { endpoint, state, delivery, behind };
  });
  return { event, deliveries: await Promise.all(told) };
}

/** What became of each event: first attempts from the log, later ones from backlog and final items. */
export async function allDeliveries(
  { deliveries }: Pick<World, "deliveries">,
  events: readonly LoggedEvent[],
): Promise<Map<string, Delivery[]>> {
  const keys = events.flatMap((event) =>
    endpointsWithItems(event).map((endpoint) => ({ endpoint, eventId: event.id })),
  );
  // Backlog before final items: what ends in between is then seen as ended, not missed.
  const pending = await deliveries.pending(keys);
  const ended = await deliveries.ended(keys);
  return new Map(events.map((event) => [event.id, deliveriesOf(event, pending, ended)]));
}
