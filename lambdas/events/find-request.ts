import type { LoggedEvent } from "../delivery/model/delivery.ts";
import { endpointNotFound } from "../endpoints/find-endpoint.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { findPayloadShown } from "./one-endpoint.ts";
import type { ReadPorts } from "./read-events.ts";

/**
 * What a delivery's attempts are made from.
 * @param only the only endpoint that the caller may see
 * @throws {RappelError} `EVENT_NOT_FOUND`, `EVENT_NOT_YET_LOGGED`, `ENDPOINT_NOT_FOUND`
 */
export async function findRequest(
  ports: ReadPorts,
  account: string,
  { id, endpoint: endpointId }: { readonly id: string; readonly endpoint: string },
  only: string | undefined,
): Promise<{ readonly event: LoggedEvent; readonly endpoint: Endpoint }> {
  if (only !== undefined && only !== endpointId) throw endpointNotFound();
  const [event, endpoint] = await Promise.all([
    findPayloadShown(ports, account, id, endpointId),
    ports.endpoints.find(account, endpointId),
  ]);
  if (endpoint === undefined) throw endpointNotFound();
  return { event, endpoint };
}
