import { BatchResults } from "../delivery/batch-results.ts";
import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import { endpointsWithItems } from "../delivery/model/delivery-status.ts";
import { resentDelivery } from "../delivery/model/pending-delivery.ts";
import { backupsOf } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { CandidateWithItems } from "./read-candidates.ts";
import type { RecoveryPorts } from "./recovery-ports.ts";

const AT_ONCE = 25; // ours: fewer than the SDK's 50 sockets

interface Sent {
  readonly resent: number;
  readonly skipped: number;
  /** The backlogs that have these deliveries: their endpoints need a wake-up. */
  readonly results: BatchResults;
}

/**
 * Adds missed deliveries to their endpoints' backlogs, or makes pending ones due now. Repeated with the same `at` it
 * changes nothing and counts the same.
 * @param at marks these deliveries, epoch ms
 */
export async function sendAgain(
  ports: RecoveryPorts,
  candidates: readonly CandidateWithItems[],
  endpoints: readonly Endpoint[],
  at: number,
): Promise<Sent> {
  const results = new BatchResults();
  let skipped = 0;
  for (let from = 0; from < candidates.length; from += AT_ONCE) {
    const places = await waitForAll(
      candidates.slice(from, from + AT_ONCE).map((candidate) => sendOne(ports, candidate, at)),
    );
    places.forEach((place, i) => {
      if (place === "skipped") skipped++;
      const type = candidates[from + i]?.event.type;
      if (place === "skipped" || place === undefined || type === undefined) return;
      if (backupsOf(place, endpoints).length > 0) results.noteBackup(place);
      results.addParked(place, at, type);
    });
  }
  return { resent: candidates.length - skipped, skipped, results };
}

/** @returns the endpoint whose backlog has the delivery; `undefined` if it has ended already */
async function sendOne(
  ports: RecoveryPorts,
  { event, endpoint, action, delivery, pending, leftover }: CandidateWithItems,
  at: number,
): Promise<string | "skipped" | undefined> {
  switch (action) {
    case "skip":
      return "skipped";
    case "done":
      return delivery?.status === "pending" ? delivery.endpoint : undefined;
    case "hurry":
      if (pending !== undefined && pending.dueAt > at)
        await ports.deliveries.revise({ ...pending, dueAt: at }, pending);
      return delivery?.endpoint ?? endpoint;
    case "resend": {
      const isNoted = endpointsWithItems(event).includes(endpoint);
      // `false`: its retention has ended since it was read.
      if (!isNoted && !(await ports.log.noteResent(event.account, event.id, [endpoint]))) return "skipped";
      if (leftover !== undefined) await completeDeliveries(ports, [leftover]);
      const attempts = delivery?.endpoint === endpoint ? delivery.attempts : [];
      await ports.deliveries.addToBacklog(resentDelivery(event, endpoint, attempts, at));
      return endpoint;
    }
  }
}
