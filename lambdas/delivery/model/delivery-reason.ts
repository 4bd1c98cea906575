import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState, StatusReason } from "../../endpoints/model/endpoint-state.ts";
import { stagesOf } from "../../endpoints/model/preset.ts";
import { waitsIn } from "../../retry/model/retry-schedule.ts";
import type { Attempt, Outcome } from "./attempt.ts";
import type { Delivery, EndReason } from "./delivery.ts";
import { type NextAttempt, nextAttemptOf, timeOf } from "./next-attempt.ts";

/** Why a delivery is where it is, a closed list. With the parameters it makes the sentence. */
export const DELIVERY_REASON_CODES = [
  "delivered",
  "schedule_ended",
  "expired",
  "skipped",
  "endpoint_deleted",
  "moved",
  "suspended_too_long",
  "loop",
  "ended",
  "scheduled",
  "endpoint_failing",
  "endpoint_suspended",
  "endpoint_paused",
  "endpoint_paused_until",
  "endpoint_being_deleted",
  "callback_deleted",
] as const;
export type DeliveryReasonCode = (typeof DELIVERY_REASON_CODES)[number];

/** Why a delivery exists, if not because its endpoint subscribes to the event. */
export const ORIGINS = ["moved_from_suspended", "on_behalf_of_suspended", "resent_or_moved"] as const;

/** The facts in the sentence. A fact that it does not need is absent. */
export interface DeliveryReasonParams {
  readonly status: Delivery["status"];
  /** Attempts so far. */
  readonly attempts: number;
  /** Attempts that the schedule allows; absent for a delivery that was resent or moved. */
  readonly attemptsMax?: number;
  readonly lastOutcome?: Outcome;
  readonly lastStatus?: number;
  readonly lastDurationMs?: number;
  readonly lastDetail?: string;
  /** Times in epoch ms. */
  readonly nextAttemptAt?: number;
  readonly pausedUntil?: number;
  readonly cancelledAt?: number;
  readonly endpointStatusSince?: number;
  readonly endpointStatusReason?: StatusReason;
  readonly origin?: (typeof ORIGINS)[number];
  readonly onBehalfOf?: string;
  /** Newer deliveries pending behind it, counted up to 1,000. */
  readonly behind?: number;
}

export interface DeliveryReason {
  readonly code: DeliveryReasonCode;
  readonly params: DeliveryReasonParams;
}

const ENDED = {
  schedule: "schedule_ended",
  expired: "expired",
  skipped: "skipped",
  deleted: "endpoint_deleted",
  moved: "moved",
  suspended: "suspended_too_long",
  loop: "loop",
} as const satisfies Record<EndReason, DeliveryReasonCode>;

/**
 * Why a delivery is where it is: what happened, and what comes next and when.
 * @param endpoint the current configuration; `undefined` if it was deleted
 * @param state the endpoint's health
 * @param behind for a pending delivery: how many newer ones are pending behind it
 */
export function reasonOf(
  delivery: Delivery,
  endpoint: Endpoint | undefined,
  state?: EndpointState,
  behind?: number,
): DeliveryReason {
  const { status, attempts, reason } = delivery;
  const soFar = { status, attempts: attempts.length, ...lastOf(attempts.at(-1)) };
  const next = nextAttemptOf(delivery, { state, group: endpoint?.group });
  if (next === undefined) {
    if (status === "delivered") return { code: "delivered", params: soFar };
    return { code: reason === undefined ? "ended" : ENDED[reason], params: soFar };
  }
  const isFirstSending = endpoint !== undefined && delivery.resentAt === undefined;
  const nextAttemptAt = timeOf(next);
  return {
    code: codeOf(next),
    params: {
      ...soFar,
      ...(isFirstSending && { attemptsMax: waitsIn(stagesOf(endpoint.retrySchedule)) + 1 }),
      ...(nextAttemptAt !== undefined && { nextAttemptAt }),
      ...(next.by === "end of pause" && { pausedUntil: next.pausedUntil }),
      ...(next.by === "none" && next.because === "callback deleted" && { cancelledAt: next.cancelledAt }),
      ...healthOf(state),
      ...originOf(delivery),
      ...(behind !== undefined && behind > 0 && { behind }),
    },
  };
}

function lastOf(last: Attempt | undefined): Partial<DeliveryReasonParams> {
  if (last === undefined) return {};
  const { outcome, answer, durationMs, reason } = last;
  return {
    lastOutcome: outcome,
    lastDurationMs: durationMs,
    ...(answer !== undefined && { lastStatus: answer.status }),
    ...(reason !== undefined && { lastDetail: reason }),
  };
}

function codeOf(next: NextAttempt): DeliveryReasonCode {
  switch (next.by) {
    case "schedule":
      return "scheduled";
    case "probe":
      return "endpoint_failing";
    case "end of pause":
      return "endpoint_paused_until";
    case "none":
      return HELD[next.because];
  }
}

const HELD = {
  suspended: "endpoint_suspended",
  paused: "endpoint_paused",
  deleted: "endpoint_being_deleted",
  "callback deleted": "callback_deleted",
} as const satisfies Record<string, DeliveryReasonCode>;

function healthOf(state: EndpointState | undefined): Partial<DeliveryReasonParams> {
  if (state === undefined || state.status === "active" || state.status === "deleted") return {};
  return { endpointStatusSince: state.statusSince, endpointStatusReason: state.statusReason };
}

function originOf({ resentAt, onBehalfOf }: Delivery): Partial<DeliveryReasonParams> {
  if (onBehalfOf !== undefined)
    return { origin: resentAt === undefined ? "on_behalf_of_suspended" : "moved_from_suspended", onBehalfOf };
  // A delivery that a backup gave back, or that a deleted callback left, looks like one that was resent.
  return resentAt === undefined ? {} : { origin: "resent_or_moved" };
}

/** What happened to an event, a closed list. */
export const EVENT_REASON_CODES = ["no_subscriber", "sent"] as const;

/** Deliveries of an event by status. */
export type EventReason =
  | { readonly code: "no_subscriber"; readonly params: { readonly type: string } }
  | {
      readonly code: "sent";
      readonly params: { readonly type: string; readonly endpoints: number } & Readonly<
        Record<Delivery["status"], number>
      >;
    };

export function eventReasonOf(type: string, deliveries: readonly Delivery[]): EventReason {
  if (deliveries.length === 0) return { code: "no_subscriber", params: { type } };
  const counted = (wanted: Delivery["status"]) => deliveries.filter(({ status }) => status === wanted).length;
  return {
    code: "sent",
    params: {
      type,
      endpoints: deliveries.length,
      delivered: counted("delivered"),
      pending: counted("pending"),
      exhausted: counted("exhausted"),
      cancelled: counted("cancelled"),
    },
  };
}
