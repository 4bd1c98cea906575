import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import type { LoggedEvent } from "../../lambdas/delivery/model/delivery.ts";
import { withoutEndpoint } from "../../lambdas/delivery/model/delivery-status.ts";
import { listEndpoints } from "../../lambdas/endpoints/find-endpoint.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import type { EndpointState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { allDeliveries } from "../../lambdas/events/read-events.ts";
import { MASK } from "../../lambdas/http/schemas/url-field.ts";
import { placed } from "../../lambdas/mailjet/model/callback.ts";
import type { Accounts } from "../../lambdas/ports/accounts.ts";
import type { Callbacks } from "../../lambdas/ports/callbacks.ts";
import type { Clock } from "../../lambdas/ports/clock.ts";
import type { Deliveries } from "../../lambdas/ports/deliveries.ts";
import type { Endpoints, States } from "../../lambdas/ports/endpoints.ts";
import type { EventLog } from "../../lambdas/ports/events.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { AccountForm, CallbackForm, EndpointForm, EventForm, HEAD } from "./export-format.ts";

interface World {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly callbacks: Pick<Callbacks, "read">;
}
export interface Counts {
  readonly endpoints: number;
  readonly events: number;
}

/**
 * Writes an account's endpoints, and its events with their deliveries and attempts, as one JSON file. It holds at most one
 * page of events in memory. The file appears when it is complete, and only its owner can read it.
 * @param onProgress called with the number of events written, once per page
 * @throws {Error} if the account does not exist
 */
export async function writeExport(
  world: World,
  account: string,
  path: string,
  onProgress: (events: number) => void,
): Promise<Counts> {
  const counts = { endpoints: 0, events: 0 };
  const part = `${path}.${process.pid}.part`;
  try {
    const lines = linesOf(world, account, counts, onProgress);
    await pipeline(Readable.from(lines), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return counts;
}

/** One object per line, so that line-based tools can read it. */
async function* linesOf(
  world: World,
  id: string,
  counts: { endpoints: number; events: number },
  onProgress: (events: number) => void,
): AsyncGenerator<string> {
  const account = await world.accounts.find(id);
  const { items: endpoints } = await listEndpoints(world, id, { limit: LIMITS.endpointsPerAccountMax });
  const ids = new Set(endpoints.map(({ endpoint }) => endpoint.id));
  const head = { ...HEAD, exportedAt: new Date(world.clock.now()).toISOString() };
  yield `${JSON.stringify(head).slice(0, -1)},\n"account":${JSON.stringify(z.encode(AccountForm, account))},\n"endpoints":[`;
  for (const one of endpoints) yield `${counts.endpoints++ === 0 ? "" : ","}\n${JSON.stringify(endpointForm(one))}`;
  yield '\n],\n"callbacks":[';
  for (const [index, one] of placed(await world.callbacks.read(id)).entries())
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(z.encode(CallbackForm, { ...one, ...masked(one) }))}`;
  yield '\n],\n"events":[';
  for await (const page of pagesOf(world, id)) {
    const deliveries = await allDeliveries(world, page);
    for (const event of page) {
      const of = (deliveries.get(event.id) ?? []).map((one) => (ids.has(one.endpoint) ? one : withoutEndpoint(one)));
      yield `${counts.events++ === 0 ? "" : ","}\n${JSON.stringify(z.encode(EventForm, { ...event, deliveries: of }))}`;
    }
    onProgress(counts.events);
  }
  if (account.createdAt === undefined && counts.endpoints + counts.events === 0)
    throw new Error(`Cannot export the account "${id}": it has no endpoints and no events, and was never configured`);
  yield "\n]}\n";
}

/** Newest first. */
async function* pagesOf({ log }: World, account: string): AsyncGenerator<readonly LoggedEvent[]> {
  let before: string | undefined;
  do {
    const page = await log.list(account, { limit: LIMITS.pageMax, ...(before !== undefined && { before }) });
    yield page.items;
    before = page.next;
  } while (before !== undefined);
}

function endpointForm({ endpoint, state }: { endpoint: Endpoint; state: EndpointState }) {
  const { userinfo, headers, ...plain } = endpoint;
  return z.encode(EndpointForm, {
    ...plain,
    ...masked({ userinfo }),
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, MASK])),
    state,
  });
}

/** Masked as in API responses. A user without a password may be a token. */
function masked({ userinfo }: { readonly userinfo?: Endpoint["userinfo"] | undefined }): Pick<Endpoint, "userinfo"> {
  if (userinfo === undefined) return {};
  const { user, password } = userinfo;
  return { userinfo: password === "" ? { user: MASK, password: "" } : { user, password: MASK } };
}
