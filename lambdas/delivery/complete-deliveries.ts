import { exhaustedEvents } from "../notifications/model/operational-event.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { EventQueue } from "../ports/events.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { EndedDelivery } from "./model/delivery.ts";

export interface CompletionPorts {
  readonly deliveries: Deliveries;
  readonly queue: EventQueue;
  /** The account that gets the operational webhooks of all accounts. */
  readonly operatorAccount: string;
}

/**
 * Records the final outcome of deliveries, publishes events for the exhausted ones, then removes them from their backlogs.
 * After a crash in between, the backlog item is still there; the next reader finds the final item and does the rest.
 */
export async function completeDeliveries(ports: CompletionPorts, ended: readonly EndedDelivery[]): Promise<void> {
  await recordOutcomes(ports, ended);
  await ports.deliveries.removeFromBacklog(ended);
}

/** The same without the last step, which the caller must do: it can remove many from their backlogs in one call. */
async function recordOutcomes(
  { deliveries, queue, operatorAccount }: CompletionPorts,
  ended: readonly EndedDelivery[],
): Promise<void> {
  const outcomes = await waitForAll(ended.map(async (end) => (await deliveries.recordOutcome(end)) ?? end));
  const events = outcomes.flatMap((outcome) => exhaustedEvents(outcome, operatorAccount));
  if (events.length > 0) await queue.send(events);
}
