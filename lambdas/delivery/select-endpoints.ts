import { backupsOf, canStandIn, isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { takes } from "../endpoints/model/subscription.ts";
import type { Event } from "../events/model/event.ts";
import type { KnownStates } from "./endpoint-state-cache.ts";

/** Who gets an event. */
export interface Receiver {
  readonly endpoint: Endpoint;
  /** The suspended endpoint that it stands in for. */
  readonly insteadOf?: string;
  /** Whether there is somebody to hand it to, should the endpoint be found suspended. */
  readonly isBackedUp?: boolean;
}

/** Every endpoint of an account that wants the event, or its backup while it is suspended and that is able. */
export async function receiversOf(
  event: Event,
  endpoints: readonly Endpoint[],
  { stateOf }: KnownStates,
): Promise<readonly Receiver[]> {
  const mains = endpoints.filter((endpoint) => !isBackup(endpoint) && takes(endpoint, event));
  const receivers: Receiver[] = [];
  for (const main of mains) {
    const receiver = await receiverFor(main);
    // One that stands in for two gets it once. The other's waits, where the daily look sees what has become of it.
    const isTaken = receivers.some(({ endpoint }) => endpoint.id === receiver.endpoint.id);
    receivers.push(isTaken ? { endpoint: main } : receiver);
  }
  return receivers;

  async function receiverFor(main: Endpoint): Promise<Receiver> {
    const backups = backupsOf(main.id, endpoints).filter((backup) => takes(backup, event));
    if (backups.length === 0) return { endpoint: main };
    // A state that cannot be read now leaves the delivery waiting, like any other's.
    const state = (endpoint: Endpoint) => stateOf(endpoint.id).catch(() => undefined);
    if ((await state(main))?.status !== "suspended") return { endpoint: main, isBackedUp: true };
    for (const backup of backups) if (canStandIn(await state(backup))) return { endpoint: backup, insteadOf: main.id };
    return { endpoint: main };
  }
}
