import { type Endpoints, LISTED_STATUSES, type States } from "../ports/endpoints.ts";
import type { Page } from "../ports/page.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import type { Endpoint } from "./model/endpoint.ts";
import type { EndpointState, EndpointStatus } from "./model/endpoint-state.ts";

const FILTERED_ROUNDS = 5; // ours: with pages of a hundred, all endpoints that an account can have

interface Ports {
  readonly endpoints: Endpoints;
  readonly states: States;
}
interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

/** @throws {RappelError} `ENDPOINT_NOT_FOUND`, also for an endpoint of another account, so that its existence is not revealed */
export async function findEndpoint(
  { endpoints, states }: Ports,
  account: string,
  id: string,
): Promise<EndpointAndState> {
  const [endpoint, read] = await Promise.all([endpoints.find(account, id), states.read([id])]);
  const state = read.get(id);
  if (endpoint === undefined || state === undefined) throw endpointNotFound();
  return { endpoint, state };
}

export function endpointNotFound(): RappelError {
  return new RappelError("ENDPOINT_NOT_FOUND", "The account has no endpoint with this id");
}

interface EndpointQuery {
  readonly statuses?: readonly EndpointStatus[];
  /** What else is wanted of an endpoint. */
  readonly matches?: ((endpoint: Endpoint) => boolean) | undefined;
  readonly limit: number;
  readonly before?: string;
  /** The only endpoint that the caller may see. */
  readonly only?: string | undefined;
}

/**
 * The endpoints of an account, or of all accounts, newest first. A page costs reads for what it shows. With a filter it
 * reads on until it is full, up to five hundred endpoints.
 * @throws {RappelError} `ACCOUNT_REQUIRED` without an account, unless only failing, suspended or paused ones are wanted
 */
export function listEndpoints(
  ports: Ports,
  account: string | undefined,
  query: EndpointQuery,
): Promise<Page<EndpointAndState>> {
  if (account === undefined) return listOfAll(ports, query);
  return query.only === undefined ? listOfAccount(ports, account, query) : listOfOne(ports, account, query.only, query);
}

async function listOfAccount(ports: Ports, account: string, query: EndpointQuery): Promise<Page<EndpointAndState>> {
  const { statuses, matches, limit, before } = query;
  const isFiltered = statuses !== undefined || matches !== undefined;
  const found: EndpointAndState[] = [];
  let place = before;
  for (let rounds = 0; !isFiltered || rounds < FILTERED_ROUNDS; rounds++) {
    // One more than is shown tells whether there is a next page.
    const size = isFiltered ? LIMITS.pageMax : limit + 1 - found.length;
    const read = await ports.endpoints.page(account, { limit: size, ...(place !== undefined && { before: place }) });
    found.push(...(await withStates(ports, read.items, query)));
    place = read.next;
    if (place === undefined || found.length > limit) break;
  }
  const items = found.slice(0, limit);
  const next = found.length > limit ? items.at(-1)?.endpoint.id : place;
  return { items, ...(next !== undefined && { next }) };
}

async function listOfOne(
  ports: Ports,
  account: string,
  id: string,
  query: EndpointQuery,
): Promise<Page<EndpointAndState>> {
  const endpoint =
    query.before === undefined || id < query.before ? await ports.endpoints.find(account, id) : undefined;
  return { items: await withStates(ports, endpoint === undefined ? [] : [endpoint], query) };
}

/** Those that the query wants. Only their states are read. */
async function withStates(
  { states }: Ports,
  endpoints: readonly Endpoint[],
  { statuses, matches }: EndpointQuery,
): Promise<EndpointAndState[]> {
  const wanted = matches === undefined ? endpoints : endpoints.filter(matches);
  if (wanted.length === 0) return [];
  const read = await states.read(wanted.map(({ id }) => id));
  return wanted.flatMap((endpoint) => {
    const state = read.get(endpoint.id);
    return state === undefined || statuses?.includes(state.status) === false ? [] : [{ endpoint, state }];
  });
}

/**
 * They are found in an index, then read themselves: a page can be shorter than requested, because one of them has recovered
 * or was deleted meanwhile.
 */
async function listOfAll(
  ports: Ports,
  { statuses = [], matches, ...page }: EndpointQuery,
): Promise<Page<EndpointAndState>> {
  const listed = LISTED_STATUSES.filter((status) => statuses.includes(status));
  if (listed.length === 0 || listed.length < statuses.length)
    throw new RappelError(
      "ACCOUNT_REQUIRED",
      `Name an account in the header Rappel-Account, or list the endpoints of all accounts with "status": some of ${LISTED_STATUSES.join(", ")}`,
    );
  const { items: found, ...rest } = await ports.states.listed(listed, page);
  const endpoints = await ports.endpoints.findAll(found.map(({ account, endpoint }) => ({ account, id: endpoint })));
  return { ...rest, items: await withStates(ports, endpoints, { ...page, statuses, matches }) };
}
