import { endedBy } from "../core/delivery-history.ts";
import type { Clock } from "../ports.ts";
import { type EndingWorld, endDeliveries } from "./end-deliveries.ts";

interface World extends EndingWorld {
  readonly clock: Clock;
}

const PAGE = 50; // ours

/** Cancels what a deleted endpoint's backlog holds. @returns whether the time lasted for all of it */
export async function cancelBacklog(world: World, endpoint: string, until: number): Promise<boolean> {
  const { clock, deliveries } = world;
  while (clock.now() < until) {
    const page = await deliveries.oldest(endpoint, { limit: PAGE });
    if (page.length === 0) return true;
    await endDeliveries(
      world,
      page.map((pending) => endedBy(pending, "cancelled", "deleted", clock.now())),
    );
  }
  return false;
}
