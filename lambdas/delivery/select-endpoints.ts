import { backupsOf, canTakeOver, isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { isSubscribedTo } from "../endpoints/model/subscription.ts";
import type { Event } from "../events/model/event.ts";
import type { EndpointStateCache } from "./endpoint-state-cache.ts";

/** An endpoint that gets an event. */
export interface SelectedEndpoint {
  readonly endpoint: Endpoint;
  /** The suspended endpoint that it backs up. */
  readonly onBehalfOf?: string;
  /** Whether it has a backup, for the case that it is suspended. */
  readonly hasBackup?: boolean;
}

/** The account's endpoints that subscribe to the event; instead of a suspended one its backup, if that can take over. */
export async function selectEndpoints(
  event: Event,
  endpoints: readonly Endpoint[],
  { stateOf }: EndpointStateCache,
): Promise<readonly SelectedEndpoint[]> {
  const mains = endpoints.filter((endpoint) => !isBackup(endpoint) && isSubscribedTo(endpoint, event));
  const receivers: SelectedEndpoint[] = [];
  for (const main of mains) {
    const receiver = await selectFor(main);
    // The backup of two endpoints gets the event once. The other delivery joins its own backlog; the daily round checks it.
    const isTaken = receivers.some(({ endpoint }) => endpoint.id === receiver.endpoint.id);
    receivers.push(isTaken ? { endpoint: main } : receiver);
  }
  return receivers;

  async function selectFor(main: Endpoint): Promise<SelectedEndpoint> {
    const backups = backupsOf(main.id, endpoints).filter((backup) => isSubscribedTo(backup, event));
    if (backups.length === 0) return { endpoint: main };
    // If a state cannot be read now, the delivery joins the backlog.
    const state = (endpoint: Endpoint) => stateOf(endpoint.id).catch(() => undefined);
    if ((await state(main))?.status !== "suspended") return { endpoint: main, hasBackup: true };
    for (const backup of backups)
      if (canTakeOver(await state(backup))) return { endpoint: backup, onBehalfOf: main.id };
    return { endpoint: main, hasBackup: true };
  }
}
