import { matchesType } from "../../events/model/event.ts";
import type { Outcome } from "./attempt.ts";
import type { Delivery, EndReason } from "./delivery.ts";

/** Deliveries that did not succeed at the first attempt, and have not succeeded since. `failed`: exhausted or cancelled. */
export type DeliveryGroup = "pending" | "failed";

/** Codes of the last attempt: statuses from one to another, or the outcome of an attempt without a response. */
export type CodeFilter = { readonly from: number; readonly to: number } | { readonly outcome: Outcome };

/** Which deliveries a list has. */
export interface DeliveryFilter {
  readonly endpoint?: string;
  readonly statuses?: readonly Delivery["status"][];
  /** A type, or a pattern such as `email.*`. */
  readonly type?: string;
  readonly reason?: EndReason;
  readonly code?: CodeFilter;
}

/**
 * The groups that have all deliveries of a filter; `undefined` if the log must be read, because a delivery that succeeded at
 * its first attempt can match.
 */
export function groupsOf({ statuses, reason, code }: DeliveryFilter): readonly DeliveryGroup[] | undefined {
  if (reason !== undefined) return ["failed"];
  if (statuses === undefined) return code === undefined || isSuccessCode(code) ? undefined : ["pending", "failed"];
  if (statuses.includes("delivered")) return undefined;
  const hasFailed = statuses.some((status) => status !== "pending");
  return [...(statuses.includes("pending") ? (["pending"] as const) : []), ...(hasFailed ? (["failed"] as const) : [])];
}

function isSuccessCode(code: CodeFilter): boolean {
  return "outcome" in code ? code.outcome === "success" : code.from < 300;
}

export function isListed(delivery: Delivery, { endpoint, statuses, type, reason, code }: DeliveryFilter): boolean {
  return (
    (endpoint === undefined || delivery.endpoint === endpoint) &&
    (statuses === undefined || statuses.includes(delivery.status)) &&
    (type === undefined || matchesType(type, delivery.type)) &&
    (reason === undefined || delivery.reason === reason) &&
    (code === undefined || isLastCode(delivery, code))
  );
}

function isLastCode({ attempts }: Delivery, code: CodeFilter): boolean {
  const last = attempts.at(-1);
  if ("outcome" in code) return last?.outcome === code.outcome;
  const status = last?.answer?.status;
  return status !== undefined && status >= code.from && status <= code.to;
}

/**
 * The place of a delivery in lists: by event, then by endpoint. A delivery that ended without being pending comes after the
 * event's others, because the index has one entry for all of those, and it sorts last.
 */
export function placeOf({ eventId, endpoint }: Pick<Delivery, "eventId" | "endpoint">, isOfLog = false): string {
  return `${eventId}${isOfLog ? "!" : "#"}${endpoint}`;
}

/** How many deliveries an event has, and how they stand. */
export interface EventOutcome {
  readonly endpoints: number;
  readonly delivered: number;
  readonly pending: number;
  /** Ended without success: exhausted or cancelled. */
  readonly failed: number;
}

export function outcomeOfEvent(deliveries: readonly Pick<Delivery, "status">[]): EventOutcome {
  const count = (...statuses: readonly Delivery["status"][]) =>
    deliveries.filter(({ status }) => statuses.includes(status)).length;
  return {
    endpoints: deliveries.length,
    delivered: count("delivered"),
    pending: count("pending"),
    failed: count("exhausted", "cancelled"),
  };
}

export const EVENT_STATUSES = ["delivered", "pending", "failed", "unmatched"] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** Whether an event has a status. One with several endpoints can have two: pending at one, failed at another. */
export function hasStatus({ endpoints, delivered, pending, failed }: EventOutcome, status: EventStatus): boolean {
  switch (status) {
    case "delivered":
      return endpoints > 0 && delivered === endpoints;
    case "pending":
      return pending > 0;
    case "failed":
      return failed > 0;
    case "unmatched":
      return endpoints === 0;
  }
}
