import { backupsOf, canTakeOver, isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { takes } from "../endpoints/model/subscription.ts";
import type { Event } from "../events/model/event.ts";
import type { EndpointStateCache } from "./endpoint-state-cache.ts";

/** Who gets an event. */
export interface SelectedEndpoint {
  readonly endpoint: Endpoint;
  /** The suspended endpoint that it stands in for. */
  readonly onBehalfOf?: string;
  /** Whether there is somebody to hand it to, should the endpoint be found suspended. */
  readonly hasBackup?: boolean;
}

/** Every endpoint of an account that wants the event, or its backup while it is suspended and that is able. */
export async function selectEndpoints(
  event: Event,
  endpoints: readonly Endpoint[],
  { stateOf }: EndpointStateCache,
): Promise<readonly SelectedEndpoint[]> {
  const mains = endpoints.filter((endpoint) => !isBackup(endpoint) && takes(endpoint, event));
  const receivers: SelectedEndpoint[] = [];
  for (const main of mains) {
    const receiver = await selectFor(main);
    // One that stands in for two gets it once. The other's waits, where the daily look sees what has become of it.
    const isTaken = receivers.some(({ endpoint }) => endpoint.id === receiver.endpoint.id);
    receivers.push(isTaken ? { endpoint: main } : receiver);
  }
  return receivers;

  async function selectFor(main: Endpoint): Promise<SelectedEndpoint> {
    const backups = backupsOf(main.id, endpoints).filter((backup) => takes(backup, event));
    if (backups.length === 0) return { endpoint: main };
    // A state that cannot be read now leaves the delivery waiting, like any other's.
    const state = (endpoint: Endpoint) => stateOf(endpoint.id).catch(() => undefined);
    if ((await state(main))?.status !== "suspended") return { endpoint: main, hasBackup: true };
    for (const backup of backups)
      if (canTakeOver(await state(backup))) return { endpoint: backup, onBehalfOf: main.id };
    return { endpoint: main };
  }
}
