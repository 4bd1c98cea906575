import { type CompletionPorts, completeDeliveries } from "../delivery/complete-deliveries.ts";
import { acknowledged } from "../delivery/model/pending-delivery.ts";
import { findEndpoint } from "../endpoints/find-endpoint.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";

interface Ports extends CompletionPorts {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
}

/**
 * Ends pending deliveries as delivered, because a caller has read them from the API instead of receiving a POST.
 * @returns the events that were pending; others have ended, or were never to be delivered there
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`
 */
export function acknowledger(ports: Ports) {
  return async (account: string, id: string, events: readonly string[]): Promise<string[]> => {
    const { endpoint } = await findEndpoint(ports, account, id);
    const keys = [...new Set(events)].map((eventId) => ({ endpoint: endpoint.id, eventId }));
    const pending = (await ports.deliveries.pending(keys)).filter((delivery) => delivery.account === account);
    await completeDeliveries(
      ports,
      pending.map((delivery) => acknowledged(delivery, ports.clock.now())),
    );
    return pending.map(({ eventId }) => eventId);
  };
}
