import type { LoggedEvent } from "../delivery/model/delivery.ts";
import { isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { isSubscribedTo } from "../endpoints/model/subscription.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import type { EventLog, EventQueue } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { findEvent } from "./read-events.ts";

interface Ports {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly endpoints: Endpoints;
  readonly queue: EventQueue;
}

/**
 * Requests that an event be sent again with the same id, whatever its deliveries' status. The request goes through the
 * queue, like events: after the response it cannot be lost.
 * @param wanted ids of endpoints, subscribed to its type or not; by default, all endpoints that subscribe to it
 * @throws {RappelError} `EVENT_NOT_FOUND`, `EVENT_NOT_YET_LOGGED`, `ENDPOINT_NOT_FOUND`
 */
export async function resendEvent(
  ports: Ports,
  account: string,
  id: string,
  wanted?: readonly string[],
): Promise<void> {
  const { clock, endpoints, queue } = ports;
  const [event, all] = await Promise.all([findEvent(ports, account, id), endpoints.list(account)]);
  const to = destinationsOf(all, event, wanted);
  if (to.length > 0) await queue.resend({ account, eventId: id, to, at: clock.now() });
}

function destinationsOf(all: readonly Endpoint[], event: LoggedEvent, wanted?: readonly string[]): string[] {
  if (wanted === undefined)
    return all.filter((endpoint) => !isBackup(endpoint) && isSubscribedTo(endpoint, event)).map(({ id }) => id);
  for (const id of wanted) {
    if (!all.some((endpoint) => endpoint.id === id))
      throw new RappelError("ENDPOINT_NOT_FOUND", `The account has no endpoint ${id}: the event was not resent`);
  }
  return [...new Set(wanted)];
}
