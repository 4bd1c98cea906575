import { recoveryEvents } from "../notifications/model/operational-event.ts";
import type { EventQueue } from "../ports/events.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import { published, type Recovery } from "./model/recovery.ts";

interface Ports {
  readonly queue: EventQueue;
  readonly recoveries: Recoveries;
  readonly operatorAccount: string;
}

/**
 * Publishes the end of a recovery, then removes it from the running ones. After a crash in between the sweeper finds it
 * there: it is published again, under the same id.
 */
export async function settleRecovery({ queue, recoveries, operatorAccount }: Ports, recovery: Recovery): Promise<void> {
  if (recovery.isPublished !== true) {
    await queue.send(recoveryEvents(recovery, operatorAccount));
    await recoveries.save(published(recovery));
  }
  await recoveries.end(recovery);
}
