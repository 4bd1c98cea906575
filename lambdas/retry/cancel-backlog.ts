import { endDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveringWorld } from "../delivery/delivery-ports.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { bequeath, handBack } from "./move-to-backup.ts";

const PAGE = 50; // ours

/**
 * Clears the backlog of an endpoint that was deleted. What waits for a callback that had gone over to another Url, while
 * its old one was shared, goes there; all else is cancelled.
 * @returns whether the time lasted for all of it
 */
export async function clearBacklog(
  world: DeliveringWorld,
  { endpoint, account, bequeaths = [] }: EndpointState,
  until: number,
): Promise<boolean> {
  const isInTime = () => world.clock.now() < until;
  const { isAll } = await bequeath(world, { endpoint, account }, bequeaths, isInTime);
  return isAll && cancelBacklog(world, endpoint, until);
}

/**
 * Cancels what a deleted endpoint's backlog holds, but for what it holds in another's stead: that is handed back.
 * @returns whether the time lasted for all of it
 */
export async function cancelBacklog(world: DeliveringWorld, endpoint: string, until: number): Promise<boolean> {
  const { clock, deliveries } = world;
  const isInTime = () => clock.now() < until;
  let isHandedBack = false;
  while (isInTime()) {
    const page = await deliveries.oldest(endpoint, { limit: PAGE });
    const stoodIn = page.find(({ insteadOf }) => insteadOf !== undefined);
    if (page.length === 0) return true;
    if (stoodIn !== undefined && !isHandedBack) {
      const owner = { endpoint, account: stoodIn.account };
      const handed = await handBack(world, { owner, isInTime, isBack: ({ status }) => status !== "deleted" });
      isHandedBack = handed.isAll;
      continue;
    }
    await endDeliveries(
      world,
      page.map((pending) => endedBy(pending, "cancelled", "deleted", clock.now())),
    );
  }
  return false;
}
