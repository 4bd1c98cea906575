import { endedBy } from "../core/delivery-history.ts";
import { idTime } from "../core/ids.ts";
import { eventExpiresAt } from "../core/retention.ts";
import type { Clock, Deliveries } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly deliveries: Deliveries;
}

const PAGE = 100; // ours

/** Cancels what a deleted endpoint's backlog holds. @returns whether the time lasted for all of it */
export async function cancelBacklog({ clock, deliveries }: World, endpoint: string, until: number): Promise<boolean> {
  while (clock.now() < until) {
    const page = await deliveries.oldest(endpoint, { limit: PAGE });
    if (page.length === 0) return true;
    for (const pending of page) {
      const end = endedBy(pending, "cancelled", "deleted", clock.now());
      await deliveries.end(end, eventExpiresAt(idTime(pending.eventId)));
    }
  }
  return false;
}
