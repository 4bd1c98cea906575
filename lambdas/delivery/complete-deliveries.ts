import { exhaustedEvents } from "../notifications/model/operational-event.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { EventQueue } from "../ports/events.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { EndedDelivery } from "./model/delivery.ts";

export interface CompletionPorts {
  readonly deliveries: Deliveries;
  readonly queue: EventQueue;
  /** Whose log holds what is told of all accounts. */
  readonly operatorAccount: string;
}

/**
 * Puts the last word on deliveries, tells of those that were given up, then takes them out of their backlogs. In this
 * order: whoever crashes in between leaves the backlog item, and who finds it beside the final one does the rest again.
 */
export async function completeDeliveries(world: CompletionPorts, ended: readonly EndedDelivery[]): Promise<void> {
  await recordOutcomes(world, ended);
  await world.deliveries.unpark(ended);
}

/** The same without the last step, which the caller owes: many can be taken out of their backlog at once. */
export async function recordOutcomes(
  { deliveries, queue, operatorAccount }: CompletionPorts,
  ended: readonly EndedDelivery[],
): Promise<void> {
  const standing = await waitForAll(ended.map(async (end) => (await deliveries.recordOutcome(end)) ?? end));
  const told = standing.flatMap((end) => exhaustedEvents(end, operatorAccount));
  if (told.length > 0) await queue.send(told);
}
