import { type Endpoints, LISTED_STATUSES, type States } from "../ports/endpoints.ts";
import type { Page } from "../ports/page.ts";
import { RappelError } from "../shared/errors.ts";
import type { Endpoint } from "./model/endpoint.ts";
import type { EndpointState, EndpointStatus } from "./model/endpoint-state.ts";

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
  readonly limit: number;
  readonly before?: string;
  /** The only endpoint that the caller may see. */
  readonly only?: string | undefined;
}

/**
 * The endpoints of an account, or of all accounts, newest first.
 * @throws {RappelError} `ACCOUNT_REQUIRED` without an account, unless only failing, suspended or paused ones are wanted
 */
export function listEndpoints(
  ports: Ports,
  account: string | undefined,
  query: EndpointQuery,
): Promise<Page<EndpointAndState>> {
  return account === undefined ? listOfAll(ports, query) : listOfAccount(ports, account, query);
}

/** An account has few endpoints, so each page is cut from the whole list. */
async function listOfAccount(
  { endpoints, states }: Ports,
  account: string,
  { statuses, limit, before, only }: EndpointQuery,
): Promise<Page<EndpointAndState>> {
  const all = (await endpoints.list(account))
    .toReversed()
    .filter(({ id }) => (before === undefined || id < before) && (only === undefined || id === only));
  const withStates = async (some: readonly Endpoint[]) => {
    const read = await states.read(some.map(({ id }) => id));
    return some.flatMap((endpoint) => {
      const state = read.get(endpoint.id);
      return state === undefined || statuses?.includes(state.status) === false ? [] : [{ endpoint, state }];
    });
  };
  const items = await withStates(statuses === undefined ? all.slice(0, limit + 1) : all);
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, ...(items.length > limit && last !== undefined && { next: last.endpoint.id }) };
}

/**
 * They are found in an index, then read themselves: a page can be shorter than requested, because one of them has recovered
 * or was deleted meanwhile.
 */
async function listOfAll(
  { endpoints, states }: Ports,
  { statuses = [], ...page }: EndpointQuery,
): Promise<Page<EndpointAndState>> {
  const listed = LISTED_STATUSES.filter((status) => statuses.includes(status));
  if (listed.length === 0 || listed.length < statuses.length)
    throw new RappelError(
      "ACCOUNT_REQUIRED",
      `Name an account in the header Rappel-Account, or list the endpoints of all accounts with "status": some of ${LISTED_STATUSES.join(", ")}`,
    );
  const { items: found, ...rest } = await states.listed(listed, page);
  const [all, read] = await Promise.all([
    Promise.all(found.map(({ account, endpoint }) => endpoints.find(account, endpoint))),
    found.length === 0 ? new Map<string, EndpointState>() : states.read(found.map(({ endpoint }) => endpoint)),
  ]);
  const items = all.flatMap((endpoint) => {
    const state = endpoint && read.get(endpoint.id);
    return endpoint !== undefined && state !== undefined && statuses.includes(state.status)
      ? [{ endpoint, state }]
      : [];
  });
  return { ...rest, items };
}
