import type { Delivery } from "../delivery/model/delivery.ts";
import { type DeliveryFilter, groupsOf, isListed, placeOf } from "../delivery/model/delivery-query.ts";
import { pendingDelivery, withoutEndpoint } from "../delivery/model/delivery-status.ts";
import { endpointNotFound } from "../endpoints/find-endpoint.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries, UnsuccessfulDeliveries } from "../ports/deliveries.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import type { Page } from "../ports/page.ts";
import { fillPage } from "./fill-page.ts";
import { allDeliveries } from "./read-events.ts";
import { readUnsuccessful } from "./read-unsuccessful.ts";

export interface ListPorts {
  readonly clock: Pick<Clock, "now">;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly unsuccessful: UnsuccessfulDeliveries;
  readonly endpoints: Endpoints;
  readonly states: States;
}
export interface DeliveryQuery extends DeliveryFilter {
  /** Only places below this one: the `next` of the page before, or the lowest event id of a time. */
  readonly before?: string;
  /** Only event ids from this one on. */
  readonly after?: string;
  readonly limit: number;
}
/** A delivery in a list. */
interface Row {
  readonly place: string;
  readonly delivery: Delivery;
}
export interface ListedDelivery {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint | undefined;
  readonly state: EndpointState | undefined;
}

/**
 * The deliveries of an account, or of one endpoint, newest event first. Those that did not succeed are found in an index, or
 * in the endpoint's backlog; for the others the log is read. A page can be shorter than requested, even empty, although
 * `next` says that there are more.
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`
 */
export async function listDeliveries(
  ports: ListPorts,
  account: string,
  { before, ...query }: DeliveryQuery,
): Promise<Page<ListedDelivery>> {
  if (query.endpoint !== undefined && (await ports.endpoints.find(account, query.endpoint)) === undefined)
    throw endpointNotFound();
  const read = readerFor(ports, account, query);
  const page = await fillPage(ports.clock, query.limit, before, async (from, limit) => {
    const { items, next } = await read(from, limit);
    const rows = items
      .filter(({ place, delivery }) => (from === undefined || place < from) && isListed(delivery, query))
      .sort((a, b) => (a.place < b.place ? 1 : -1));
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1)?.place : next;
    return { items: shown, ...(last !== undefined && { next: last }) };
  });
  const listed = await withEndpoints(
    ports,
    account,
    page.items.map(({ delivery }) => delivery),
  );
  return { ...page, items: listed.filter(({ delivery }) => isListed(delivery, query)) };
}

type Reader = (before: string | undefined, limit: number) => Promise<Page<Row>>;

function readerFor(
  ports: ListPorts,
  account: string,
  { endpoint, after, ...filter }: Omit<DeliveryQuery, "before">,
): Reader {
  const since = after === undefined ? {} : { after };
  const groups = groupsOf(filter);
  if (groups === undefined) return logReader(ports, account, { ...filter, ...since, ...(endpoint && { endpoint }) });
  if (endpoint !== undefined && groups.every((group) => group === "pending"))
    return async (before, limit) => {
      const page = await ports.deliveries.backlog(endpoint, { ...since, ...(before && { before }), limit });
      return { ...page, items: page.items.map(pendingDelivery).map(rowOf) };
    };
  const { statuses = [], type, reason, code } = filter;
  const failed = statuses.filter((status) => status === "exhausted" || status === "cancelled");
  const [status] = failed;
  return (before, limit) =>
    readUnsuccessful(ports, account, {
      ...since,
      groups,
      limit,
      ...(endpoint !== undefined && { endpoint }),
      ...(before !== undefined && { before }),
      ...(type !== undefined && { type }),
      ...(reason !== undefined && { reason }),
      ...(code !== undefined && { code }),
      ...(failed.length === 1 && status !== undefined && { status }),
    });
}

function rowOf(delivery: Delivery): Row {
  return { place: placeOf(delivery), delivery };
}

function logReader(
  ports: ListPorts,
  account: string,
  { endpoint, type, ...query }: { endpoint?: string; type?: string; after?: string },
): Reader {
  return async (before, limit) => {
    const page = await ports.log.list(account, {
      ...query,
      limit,
      ...(endpoint !== undefined && { endpoint }),
      ...(type !== undefined && { type }),
      // A page can end between two deliveries of an event: then the event is read again.
      ...(before !== undefined && { before: /[#!]/.test(before) ? `${before.split(/[#!]/)[0]}!` : before }),
    });
    const byEvent = await allDeliveries(ports, page.items);
    return { ...page, items: [...byEvent.values()].flat().map(rowOf) };
  };
}

async function withEndpoints(
  { endpoints, states }: Pick<ListPorts, "endpoints" | "states">,
  account: string,
  deliveries: readonly Delivery[],
): Promise<ListedDelivery[]> {
  const ids = [...new Set(deliveries.map(({ endpoint }) => endpoint))];
  const [found, read] = await Promise.all([
    endpoints.findAll(ids.map((id) => ({ account, id }))),
    ids.length === 0 ? new Map<string, EndpointState>() : states.read(ids),
  ]);
  return deliveries.map((delivery) => {
    const endpoint = found.find(({ id }) => id === delivery.endpoint);
    const state = read.get(delivery.endpoint);
    // While a deleted endpoint is held, its backlog is not cancelled yet.
    const isGone = endpoint === undefined && state?.keptUntil === undefined;
    return isGone ? { endpoint, state: undefined, delivery: withoutEndpoint(delivery) } : { endpoint, state, delivery };
  });
}
