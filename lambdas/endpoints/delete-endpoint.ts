import { changeStatus, type StatusPorts } from "./change-status.ts";
import { endpointNotFound } from "./find-endpoint.ts";
import { toDeleted } from "./model/deletion-changes.ts";

/**
 * Deletes an endpoint; retry rounds cancel its pending deliveries. The state comes first: after a crash the endpoint is
 * still there, and can be deleted again.
 * @param successorTypes pending deliveries of these types move to the callbacks' new endpoints instead
 */
export async function deleteEndpoint(
  ports: StatusPorts,
  account: string,
  id: string,
  successorTypes: readonly string[] = [],
): Promise<void> {
  const { endpoints, states, clock } = ports;
  if ((await endpoints.find(account, id)) === undefined) throw endpointNotFound();
  const state = (await states.read([id])).get(id);
  // Without a state, its rounds have done everything else.
  if (state !== undefined && state.status !== "deleted")
    await changeStatus(ports, account, id, (seen) => toDeleted(seen, clock.now(), successorTypes));
  await endpoints.remove(account, id);
}
