import type { Endpoints, States } from "../ports/endpoints.ts";
import type { Page } from "../ports/page.ts";
import { RappelError } from "../shared/errors.ts";
import type { Endpoint } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";

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

/** Newest first. An account has few endpoints, so each page is cut from the whole list. */
export async function listEndpoints(
  { endpoints, states }: Ports,
  account: string,
  { limit, before }: { limit: number; before?: string },
): Promise<Page<EndpointAndState>> {
  const all = (await endpoints.list(account)).toReversed().filter(({ id }) => before === undefined || id < before);
  const page = all.slice(0, limit);
  const read = await states.read(page.map(({ id }) => id));
  const items = page.flatMap((endpoint) => {
    const state = read.get(endpoint.id);
    return state === undefined ? [] : [{ endpoint, state }];
  });
  const last = page.at(-1);
  return { items, ...(all.length > page.length && last !== undefined && { next: last.id }) };
}
