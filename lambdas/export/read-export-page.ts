import { withoutEndpoint } from "../delivery/model/delivery-status.ts";
import { listEndpoints } from "../endpoints/find-endpoint.ts";
import { allDeliveries } from "../events/read-events.ts";
import { placed } from "../mailjet/model/callback.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Callbacks } from "../ports/callbacks.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import type { EventLog } from "../ports/events.ts";
import { LIMITS } from "../shared/limits.ts";
import type { ExportHead, ExportPage } from "./model/export-page.ts";

export interface ExportPorts {
  readonly clock: Clock;
  readonly accounts: Pick<Accounts, "find">;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly callbacks: Pick<Callbacks, "read">;
}

/** A page of an account's endpoints, callbacks and events. @param before the `next` of the page before */
export async function readExportPage(ports: ExportPorts, account: string, before?: string): Promise<ExportPage> {
  const { items: endpoints } = await listEndpoints(ports, account, { limit: LIMITS.endpointsPerAccountMax });
  const head = before === undefined ? await readHead(ports, account, endpoints) : undefined;
  const ids = new Set(endpoints.map(({ endpoint }) => endpoint.id));
  const page = await nextEvents(ports, account, before);
  const deliveries = await allDeliveries(ports, page.items);
  const events = page.items.map((event) => ({
    event,
    deliveries: (deliveries.get(event.id) ?? []).map((one) => (ids.has(one.endpoint) ? one : withoutEndpoint(one))),
  }));
  return { ...(head && { head }), events, ...(page.next !== undefined && { next: page.next }) };
}

async function readHead(
  { clock, accounts, callbacks }: ExportPorts,
  account: string,
  endpoints: ExportHead["endpoints"],
): Promise<ExportHead> {
  const exportedAt = clock.now();
  const [config, callbackSet] = await Promise.all([accounts.find(account), callbacks.read(account)]);
  return { exportedAt, account: config, endpoints, callbacks: placed(callbackSet) };
}

/** A page of the log can be empty although there are more: its events have expired. */
async function nextEvents({ log }: ExportPorts, account: string, from: string | undefined) {
  let page = await log.list(account, { limit: LIMITS.pageMax, ...(from !== undefined && { before: from }) });
  while (page.items.length === 0 && page.next !== undefined)
    page = await log.list(account, { limit: LIMITS.pageMax, before: page.next });
  return page;
}
