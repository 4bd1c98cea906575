import type { Delivery, EventResults } from "../../delivery/model/delivery.ts";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import { isSubscribedTo, matchesAny } from "../../endpoints/model/subscription.ts";
import type { RecoveryFilter } from "./recovery.ts";

/** What a scan looks for, and how it recognises what it has already done. */
export interface Scan extends RecoveryFilter {
  readonly isSecondScan: boolean;
  readonly resentAt: number;
  /** When the recovery was created. */
  readonly createdAt: number;
  /** Only this one of the account's endpoints. */
  readonly only?: string;
}

/** A delivery that a recovery handles. */
export interface Candidate {
  readonly event: EventResults;
  /** The endpoint that gets the event again. */
  readonly endpoint: string;
  /**
   * `resend`: it joins the backlog. `hurry`: it is pending and due now. `done`: this scan has sent it before a crash.
   * `skip`: its endpoint is gone.
   */
  readonly action: "resend" | "hurry" | "done" | "skip";
  readonly delivery?: Delivery;
}

/** The deliveries of an event that a scan is about. @param endpoints the endpoints of the account */
export function missedOf(
  event: EventResults,
  deliveries: readonly Delivery[],
  scan: Scan,
  endpoints: ReadonlyMap<string, Endpoint>,
): Candidate[] {
  if (scan.types !== undefined && !matchesAny(scan.types, event.type)) return [];
  return [...destinationsOf(deliveries, scan, endpoints)].flatMap((id): Candidate[] => {
    if (scan.only !== undefined && id !== scan.only) return [];
    const delivery = deliveryTo(id, deliveries, scan, endpoints);
    const action = actionFor(id, event, deliveries, delivery, scan, endpoints.get(id));
    return action === undefined ? [] : [{ event, endpoint: id, action, ...(delivery && { delivery }) }];
  });
}

/** The endpoints whose deliveries of an event are looked at: what a backup had on behalf of an endpoint belongs to that one. */
function destinationsOf(
  deliveries: readonly Delivery[],
  { endpoint }: Scan,
  endpoints: ReadonlyMap<string, Endpoint>,
): ReadonlySet<string> {
  if (endpoint !== undefined) return new Set([endpoint]);
  return new Set(
    deliveries.map((one) =>
      one.onBehalfOf !== undefined && endpoints.has(one.onBehalfOf) ? one.onBehalfOf : one.endpoint,
    ),
  );
}

/** The delivery that decides whether an endpoint has missed the event: its own, or the one of a backup on its behalf. */
function deliveryTo(
  id: string,
  deliveries: readonly Delivery[],
  { endpoint }: Scan,
  endpoints: ReadonlyMap<string, Endpoint>,
): Delivery | undefined {
  const isOwn = ({ onBehalfOf }: Delivery) => endpoint === id || onBehalfOf === undefined || !endpoints.has(onBehalfOf);
  const own = deliveries.find((one) => one.endpoint === id && isOwn(one));
  if (own !== undefined && own.reason !== "moved") return own;
  const onBehalf = deliveries.filter(({ onBehalfOf, reason }) => onBehalfOf === id && reason !== "moved");
  const byStatus = (status: Delivery["status"]) => onBehalf.find((one) => one.status === status);
  return byStatus("delivered") ?? byStatus("pending") ?? onBehalf[0] ?? own;
}

function actionFor(
  id: string,
  event: EventResults,
  deliveries: readonly Delivery[],
  delivery: Delivery | undefined,
  scan: Scan,
  endpoint: Endpoint | undefined,
): Candidate["action"] | undefined {
  const { statuses, isSecondScan, createdAt } = scan;
  const lastResentAt = deliveries.find((one) => one.endpoint === id)?.resentAt ?? 0;
  if (lastResentAt === scan.resentAt) return "done";
  // Sent again since: by the first scan, or by a user.
  if (lastResentAt >= createdAt) return undefined;
  if (delivery === undefined)
    return statuses.includes("unsent") && endpoint !== undefined && isWanted(event, endpoint, scan)
      ? "resend"
      : undefined;
  if (delivery.reason === "moved") return undefined; // another endpoint delivers it
  if (delivery.status === "pending") {
    // A pending delivery that only the second scan sees was tried a moment ago.
    return statuses.includes("pending") && !isSecondScan && endpoint !== undefined ? "hurry" : undefined;
  }
  if (statuses.includes(delivery.status)) return endpoint === undefined ? "skip" : "resend";
  const isHurried = statuses.includes("pending") && !isSecondScan && wasPendingAt(createdAt, event, delivery);
  return isHurried ? "done" : undefined;
}

/** Whether an ended delivery was still pending then: it counts, so that a step repeated after a crash counts the same. */
function wasPendingAt(time: number, { parked, resentTo }: EventResults, { endpoint, attempts }: Delivery): boolean {
  const last = attempts.at(-1);
  return (
    (parked[endpoint] !== undefined || resentTo.includes(endpoint)) && last !== undefined && last.startedAt >= time
  );
}

/** Whether an endpoint should have the event: the recovery names its type, or the endpoint subscribes to it. */
function isWanted(event: EventResults, endpoint: Endpoint, { types }: Scan): boolean {
  return event.about !== endpoint.id && (types !== undefined || isSubscribedTo(endpoint, event));
}
