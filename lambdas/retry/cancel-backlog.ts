import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import { isBackup } from "../endpoints/model/backup.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { moveBack, moveToSuccessors } from "./move-to-backup.ts";

const PAGE = 50; // ours

/**
 * Empties the backlog of a deleted endpoint. Deliveries of Mailjet callbacks that have moved to another Url, while others
 * still shared this one, move there. All others are cancelled.
 * @returns whether the backlog is empty
 */
export async function clearBacklog(
  ports: DeliveryPorts,
  { endpoint, account, successorTypes = [] }: EndpointState,
  until: number,
): Promise<boolean> {
  const isInTime = () => ports.clock.now() < until;
  const { isAll } = await moveToSuccessors(ports, { endpoint, account }, successorTypes, isInTime);
  return isAll && cancelBacklog(ports, endpoint, until);
}

/**
 * While a deleted endpoint is held, moves the deliveries that are not its own: those of callbacks that have moved to
 * another Url, and those that it holds on behalf of others, which are moved back.
 */
export async function moveOthersAway(
  ports: DeliveryPorts,
  { endpoint, account, successorTypes = [] }: EndpointState,
  until: number,
): Promise<void> {
  const isInTime = () => ports.clock.now() < until;
  const owner = { endpoint, account };
  await moveToSuccessors(ports, owner, successorTypes, isInTime);
  const held = (await ports.endpoints.listRemoved(account)).find(({ id }) => id === endpoint);
  if (held === undefined || !isBackup(held)) return;
  await moveBack(ports, { owner, isInTime, hasReturned: ({ status }) => status !== "deleted" });
}

/**
 * Cancels a deleted endpoint's backlog, except deliveries on behalf of another endpoint, which are moved back.
 * @returns whether the backlog is empty
 */
export async function cancelBacklog(ports: DeliveryPorts, endpoint: string, until: number): Promise<boolean> {
  const { clock, deliveries } = ports;
  const isInTime = () => clock.now() < until;
  let isMovedBack = false;
  while (isInTime()) {
    const page = await deliveries.oldest(endpoint, { limit: PAGE });
    const onBehalf = page.find(({ onBehalfOf }) => onBehalfOf !== undefined);
    if (page.length === 0) return true;
    if (onBehalf !== undefined && !isMovedBack) {
      const owner = { endpoint, account: onBehalf.account };
      const progress = await moveBack(ports, { owner, isInTime, hasReturned: ({ status }) => status !== "deleted" });
      isMovedBack = progress.isAll;
      continue;
    }
    await completeDeliveries(
      ports,
      page.map((pending) => endedBy(pending, "cancelled", "deleted", clock.now())),
    );
  }
  return false;
}
