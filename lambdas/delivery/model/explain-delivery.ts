import { statusReasonText } from "../../endpoints/model/endpoint-state.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { DeliveryReason, DeliveryReasonCode, DeliveryReasonParams, EventReason } from "./delivery-reason.ts";

/** The English sentences. They are made from a reason's code and parameters alone, so the two cannot disagree. */

type Words = (params: DeliveryReasonParams) => string;

const timeInWords = (at: number | undefined) => (at === undefined ? "an unknown time" : new Date(at).toISOString());

/** Why a delivery ended, or when it is attempted next. */
const WORDS: Readonly<Record<DeliveryReasonCode, Words>> = {
  delivered: () => "",
  ended: () => "",
  schedule_ended: () => "its retry schedule has ended",
  expired: () => "the event's retention ended first",
  skipped: () => "the endpoint was resumed without its older backlog",
  endpoint_deleted: () => "its endpoint was deleted",
  moved: () => "it was moved to another endpoint, which delivers it",
  suspended_too_long: () => "its endpoint had been suspended for too long",
  loop: () => "loop: its endpoint is Rappel, which has delivered this event before and refused it",
  scheduled: ({ nextAttemptAt }) => `next at ${timeInWords(nextAttemptAt)}`,
  endpoint_failing: ({ nextAttemptAt }) => `next at ${timeInWords(nextAttemptAt)} at the earliest`,
  endpoint_suspended: () => "it is sent when the endpoint is resumed",
  endpoint_paused: () => "it is sent when the endpoint is resumed",
  endpoint_paused_until: ({ nextAttemptAt, pausedUntil }) =>
    nextAttemptAt === pausedUntil
      ? `it is sent when the pause ends, at ${timeInWords(pausedUntil)}`
      : `the pause ends at ${timeInWords(pausedUntil)}; next at ${timeInWords(nextAttemptAt)}`,
  endpoint_being_deleted: () => "it is about to be cancelled, because its endpoint was deleted",
  callback_deleted: ({ cancelledAt }) =>
    `its callback was deleted: it is cancelled at ${timeInWords(cancelledAt)}, unless the same callback is registered again before`,
};

/** Explains a delivery: what happened, what comes next and when, or why the event was not sent. */
export function explain({ code, params }: DeliveryReason): string {
  const last = lastInWords(params);
  const words = WORDS[code](params);
  const { status, attempts, attemptsMax } = params;
  switch (status) {
    case "delivered":
      return last === undefined ? "Delivered." : `Delivered: attempt ${attempts} ${last}.`;
    case "exhausted":
    case "cancelled": {
      const why = words === "" ? "" : `: ${words}`;
      const end = last === undefined ? "; it was never tried" : `; the last attempt ${last}`;
      return `${capitalised(status)}${why}${end}.`;
    }
    case "pending": {
      const of = attemptsMax === undefined ? "" : ` of ${attemptsMax}`;
      const soFar = last === undefined ? "not tried yet" : `attempt ${attempts}${of} ${last}`;
      return `Pending: ${soFar}; ${words}.${originInWords(params)}${healthInWords(code, params)}`;
    }
  }
}

/** An attempt in words: `got 503 after 120 ms`, or `failed after 15000 ms (timeout: no answer)`. */
function lastInWords({
  lastOutcome,
  lastStatus,
  lastDurationMs,
  lastDetail,
}: DeliveryReasonParams): string | undefined {
  if (lastOutcome === undefined) return undefined;
  if (lastStatus !== undefined) return `got ${lastStatus} after ${lastDurationMs} ms`;
  const why = lastDetail === undefined ? lastOutcome : `${lastOutcome}: ${lastDetail}`;
  return `failed after ${lastDurationMs} ms (${why})`;
}

function originInWords({ origin, onBehalfOf }: DeliveryReasonParams): string {
  if (origin === undefined) return "";
  switch (origin) {
    case "moved_from_suspended":
      return ` It was moved here from ${onBehalfOf}, which was suspended.`;
    case "on_behalf_of_suspended":
      return ` It is sent on behalf of ${onBehalfOf}, which was suspended.`;
    case "resent_or_moved":
      return " It was resent or moved here.";
  }
}

function healthInWords(code: DeliveryReasonCode, params: DeliveryReasonParams): string {
  const { endpointStatusSince, endpointStatusReason, behind = 0 } = params;
  const pending = behind === 0 ? "" : `${behindInWords(behind)} behind it`;
  if (endpointStatusSince === undefined || endpointStatusReason === undefined)
    return pending === "" ? "" : ` ${capitalised(pending)}.`;
  const since = timeInWords(endpointStatusSince);
  const why = statusReasonText(endpointStatusReason);
  const rest = pending === "" ? "" : `; ${pending}`;
  switch (code) {
    case "endpoint_failing":
      return ` The endpoint has been failing since ${since} (${why}): two pending deliveries are probed at a time${rest}.`;
    case "endpoint_suspended":
      return ` The endpoint has been suspended since ${since} (${why})${rest}.`;
    default:
      return ` The endpoint has been paused since ${since}${rest}.`;
  }
}

function behindInWords(behind: number): string {
  const max = LIMITS.behindMax;
  const many = behind >= max ? `${max.toLocaleString("en")} events or more` : `${behind} events`;
  return behind === 1 ? "one event is pending" : `${many} are pending`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Says in one sentence what happened to an event. */
export function explainEvent({ code, params }: EventReason): string {
  if (code === "no_subscriber")
    return `Logged, but not sent: no endpoint subscribed to "${params.type}" when it was dispatched.`;
  const { endpoints } = params;
  const counts = (["delivered", "pending", "exhausted", "cancelled"] as const)
    .filter((status) => params[status] > 0)
    .map((status) => `${params[status]} ${status}`);
  return `It went to ${endpoints === 1 ? "one endpoint" : `${endpoints} endpoints`}: ${counts.join(", ")}.`;
}
