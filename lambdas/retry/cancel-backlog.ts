import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { moveBack, moveToSuccessors } from "./move-to-backup.ts";

const PAGE = 50; // ours

/**
 * Clears the backlog of an endpoint that was deleted. What waits for a callback that had gone over to another Url, while
 * its old one was shared, goes there; all else is cancelled.
 * @returns whether the time lasted for all of it
 */
export async function clearBacklog(
  world: DeliveryPorts,
  { endpoint, account, successorTypes = [] }: EndpointState,
  until: number,
): Promise<boolean> {
  const isInTime = () => world.clock.now() < until;
  const { isAll } = await moveToSuccessors(world, { endpoint, account }, successorTypes, isInTime);
  return isAll && cancelBacklog(world, endpoint, until);
}

/**
 * Cancels what a deleted endpoint's backlog holds, but for what it holds in another's stead: that is handed back.
 * @returns whether the time lasted for all of it
 */
export async function cancelBacklog(world: DeliveryPorts, endpoint: string, until: number): Promise<boolean> {
  const { clock, deliveries } = world;
  const isInTime = () => clock.now() < until;
  let isMovedBack = false;
  while (isInTime()) {
    const page = await deliveries.oldest(endpoint, { limit: PAGE });
    const stoodIn = page.find(({ onBehalfOf }) => onBehalfOf !== undefined);
    if (page.length === 0) return true;
    if (stoodIn !== undefined && !isMovedBack) {
      const owner = { endpoint, account: stoodIn.account };
      const handed = await moveBack(world, { owner, isInTime, isBack: ({ status }) => status !== "deleted" });
      isMovedBack = handed.isAll;
      continue;
    }
    await completeDeliveries(
      world,
      page.map((pending) => endedBy(pending, "cancelled", "deleted", clock.now())),
    );
  }
  return false;
}
