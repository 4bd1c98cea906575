import type { UnsuccessfulDeliveries } from "../ports/deliveries.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import { lowestId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { estimateSource } from "./event-source.ts";
import type { Estimate, RecoveryFilter } from "./model/recovery.ts";
import { type CandidatePorts, readCandidates } from "./read-candidates.ts";

const READING_MS = 15_000; // ours: the request ends before API Gateway's 30 s

/** Counts what a recovery would send now, up to 5,000 deliveries, in at most 20,000 events or 15 s. */
export async function estimateRecovery(
  ports: CandidatePorts & { readonly endpoints: Endpoints; readonly unsuccessful: UnsuccessfulDeliveries },
  account: string,
  filter: RecoveryFilter,
): Promise<Estimate> {
  const now = ports.clock.now();
  const endpoints = await ports.endpoints.list(account);
  const scan = { ...filter, isSecondScan: false, resentAt: now, createdAt: now };
  const source = estimateSource(ports, account, filter);
  let [deliveries, eventsRead, after] = [0, 0, lowestId(filter.since)];
  for (;;) {
    const page = await readCandidates(ports, account, scan, endpoints, after, source);
    deliveries += page.candidates.filter(({ action }) => action === "resend" || action === "hurry").length;
    eventsRead += page.eventsRead;
    after = page.after;
    if (page.isEnd) return { deliveries, isComplete: true };
    const isEnough = deliveries >= LIMITS.estimateDeliveries || eventsRead >= LIMITS.estimateEvents;
    if (isEnough || ports.clock.now() - now > READING_MS) return { deliveries, isComplete: false };
  }
}
