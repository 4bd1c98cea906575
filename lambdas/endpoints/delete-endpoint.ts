import { changeStatus, type StatusWorld } from "./change-status.ts";
import { endpointNotFound } from "./find-endpoint.ts";
import { toDeleted } from "./model/endpoint-transitions.ts";

/**
 * Deletes it; what was pending is cancelled by the rounds. Its state first: whoever crashes behind that can be asked
 * again, for the endpoint is still there.
 * @param successorTypes types of which what is pending goes to others instead, where it may wait for callbacks that have left
 */
export async function deleteEndpoint(
  world: StatusWorld,
  account: string,
  id: string,
  successorTypes: readonly string[] = [],
): Promise<void> {
  const { endpoints, states, clock } = world;
  if ((await endpoints.find(account, id)) === undefined) throw endpointNotFound();
  const state = (await states.read([id])).get(id);
  // Without a state its rounds have done all that was left, but for this.
  if (state !== undefined && state.status !== "deleted")
    await changeStatus(world, account, id, (seen) => toDeleted(seen, clock.now(), successorTypes));
  await endpoints.remove(account, id);
}
