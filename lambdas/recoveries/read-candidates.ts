import {
  type EndedDelivery,
  type EventResults,
  isOutcomeOf,
  type PendingDelivery,
} from "../delivery/model/delivery.ts";
import { deliveriesOf, endpointsWithItems } from "../delivery/model/delivery-status.ts";
import { backupsOf } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries, DeliveryKey } from "../ports/deliveries.ts";
import type { EventLog } from "../ports/events.ts";
import { lowestId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { type EventSource, logSource } from "./event-source.ts";
import { type Candidate, missedOf, type Scan } from "./model/missed.ts";

export interface CandidatePorts {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
}

/** A candidate with the items that its step changes. */
export interface CandidateWithItems extends Candidate {
  /** To hurry: the pending delivery. */
  readonly pending?: PendingDelivery;
  /** To resend: the last outcome, if a crash has left its backlog item, which would be in the way. */
  readonly leftover?: EndedDelivery;
}

export interface CandidatePage {
  readonly candidates: readonly CandidateWithItems[];
  /** The last event that was read. */
  readonly after: string;
  /** When that was accepted, epoch ms; absent if none was read. */
  readonly scannedUntil?: number;
  readonly isEnd: boolean;
  readonly eventsRead: number;
}

const EVENTS = 250; // ours: one read of the log
const READS_MAX = 8; // ours: reads of the log in one step, if few events are candidates

/** Reads the deliveries that a scan is about, in the order of events, from the event after `after` on. */
export async function readCandidates(
  ports: CandidatePorts,
  account: string,
  scan: Scan,
  endpoints: readonly Endpoint[],
  after: string,
  source: EventSource = logSource(ports, account),
): Promise<CandidatePage> {
  const end = lowestId(scan.until);
  const all = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const candidates: CandidateWithItems[] = [];
  let page: Omit<CandidatePage, "candidates"> = { after, isEnd: false, eventsRead: 0 };
  for (let reads = 0; reads < READS_MAX && !page.isEnd; reads++) {
    const events = await source(page.after, EVENTS);
    const inTime = events.filter(({ id }) => id < end);
    const isEnd = inTime.length < events.length || events.length === 0;
    for (const [event, missed] of await missedAmong(ports, inTime, scan, all)) {
      candidates.push(...missed);
      page = { ...page, after: event.id, scannedUntil: event.acceptedAt, eventsRead: page.eventsRead + 1 };
      // All deliveries of an event are in one page, so that a page ends between two events.
      if (candidates.length >= LIMITS.recoveryPage) return { ...page, candidates };
    }
    page = { ...page, isEnd };
  }
  return { ...page, candidates };
}

async function missedAmong(
  { clock, deliveries }: CandidatePorts,
  events: readonly EventResults[],
  scan: Scan,
  endpoints: ReadonlyMap<string, Endpoint>,
): Promise<(readonly [EventResults, CandidateWithItems[]])[]> {
  const isLive = ({ keptUntil }: EventResults) => keptUntil > clock.now();
  const relevant = relevantEndpoints(scan, endpoints);
  const keys: DeliveryKey[] = events.filter(isLive).flatMap((event) =>
    endpointsWithItems(event)
      .filter((endpoint) => relevant?.has(endpoint) ?? true)
      .map((endpoint) => ({ endpoint, eventId: event.id })),
  );
  // Backlog before final items: a delivery that ends in between is then read as ended, not missed.
  const pending = Map.groupBy(await deliveries.pending(keys), ({ eventId }) => eventId);
  const ended = Map.groupBy(await deliveries.ended(keys), ({ eventId }) => eventId);
  return events.map((event) => {
    if (!isLive(event)) return [event, []] as const;
    const [pendingHere, endedHere] = [pending.get(event.id) ?? [], ended.get(event.id) ?? []];
    const missed = missedOf(event, deliveriesOf(event, pendingHere, endedHere), scan, endpoints);
    return [event, missed.map((candidate) => withItems(candidate, pendingHere, endedHere))] as const;
  });
}

/** The endpoints whose deliveries matter: of a recovery of one endpoint only its own and its backups'. */
function relevantEndpoints(
  { endpoint, only = endpoint }: Scan,
  endpoints: ReadonlyMap<string, Endpoint>,
): ReadonlySet<string> | undefined {
  if (only === undefined) return undefined;
  return new Set([only, ...backupsOf(only, [...endpoints.values()]).map(({ id }) => id)]);
}

function withItems(
  candidate: Candidate,
  pending: readonly PendingDelivery[],
  ended: readonly EndedDelivery[],
): CandidateWithItems {
  const { action, delivery, endpoint } = candidate;
  const item = pending.find((one) => one.endpoint === (action === "hurry" ? delivery?.endpoint : endpoint));
  if (item === undefined) return candidate;
  if (action === "hurry") return { ...candidate, pending: item };
  const outcome = ended.find((one) => one.endpoint === endpoint);
  return action === "resend" && outcome !== undefined && isOutcomeOf(outcome, item)
    ? { ...candidate, leftover: outcome }
    : candidate;
}
