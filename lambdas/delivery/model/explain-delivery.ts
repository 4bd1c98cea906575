import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import { stagesOf } from "../../endpoints/model/preset.ts";
import { waitsIn } from "../../retry/model/retry-schedule.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { Attempt } from "./attempt.ts";
import type { Delivery, EndReason } from "./delivery.ts";

const ENDED: Record<EndReason, string> = {
  schedule: "its retry schedule has ended",
  expired: "the event's retention ended first",
  skipped: "the endpoint was resumed without its older backlog",
  deleted: "its endpoint was deleted",
  moved: "it was moved to another endpoint, which delivers it",
  suspended: "its endpoint had been suspended for too long",
  loop: "loop: its endpoint is Rappel, which has delivered this event before and refused it",
};

/** An attempt in words: `got 503 after 120 ms`, or `failed after 15000 ms (timeout: no answer)`. */
function attemptInWords({ answer, durationMs, outcome, reason }: Attempt): string {
  if (answer !== undefined) return `got ${answer.status} after ${durationMs} ms`;
  return `failed after ${durationMs} ms (${reason === undefined ? outcome : `${outcome}: ${reason}`})`;
}

/**
 * Explains a delivery in words: what happened, what comes next and when, or why the event was not sent.
 * @param endpoint the current configuration; `undefined` if it was deleted
 * @param state the endpoint's health
 * @param behind for a pending delivery: how many newer ones are pending behind it
 */
export function explain(
  delivery: Delivery,
  endpoint: Endpoint | undefined,
  state?: EndpointState,
  behind?: number,
): string {
  const last = delivery.attempts.at(-1);
  const number = delivery.attempts.length;
  switch (delivery.status) {
    case "delivered":
      return last === undefined ? "Delivered." : `Delivered: attempt ${number} ${attemptInWords(last)}.`;
    case "exhausted":
    case "cancelled": {
      const status = delivery.status === "exhausted" ? "Exhausted" : "Cancelled";
      const why = delivery.reason === undefined ? "" : `: ${ENDED[delivery.reason]}`;
      return `${status}${why}${last === undefined ? "; it was never tried" : `; the last attempt ${attemptInWords(last)}`}.`;
    }
    case "pending": {
      const isFirstSending = endpoint !== undefined && delivery.resentAt === undefined;
      const of = isFirstSending ? ` of ${waitsIn(stagesOf(endpoint.retrySchedule)) + 1}` : "";
      const soFar = last === undefined ? "not tried yet" : `attempt ${number}${of} ${attemptInWords(last)}`;
      return `Pending: ${soFar}; ${nextInWords(delivery, state)}.${originInWords(delivery)}${stateInWords(state, behind)}`;
    }
  }
}

/** Why the delivery exists, if not because its endpoint subscribes to the event. */
function originInWords({ resentAt, onBehalfOf }: Delivery): string {
  if (onBehalfOf !== undefined && resentAt !== undefined)
    return ` It was moved here from ${onBehalfOf}, which was suspended.`;
  if (onBehalfOf !== undefined) return ` It is sent on behalf of ${onBehalfOf}, which was suspended.`;
  // A delivery that a backup gave back, or that a deleted callback left, looks like one that was resent.
  return resentAt === undefined ? "" : " It was resent or moved here.";
}

const timeInWords = (at: number) => new Date(at).toISOString();

function nextInWords({ dueAt }: Delivery, state: EndpointState | undefined): string {
  const { notBefore = 0, probeAt = 0, wakeAt } = state ?? {};
  switch (state?.status) {
    case "failing":
      return `next at ${timeInWords(Math.max(probeAt, notBefore) || (wakeAt ?? state.statusSince))} at the earliest`;
    case "suspended":
      return "it is sent when the endpoint is resumed";
    case "paused":
      return state.notBefore === undefined
        ? "it is sent when the endpoint is resumed"
        : `it is sent when the pause ends, at ${timeInWords(state.notBefore)}`;
    case "deleted":
      return state.keptUntil === undefined
        ? "it is about to be cancelled, because its endpoint was deleted"
        : `its callback was deleted: it is cancelled at ${timeInWords(state.keptUntil)}, unless the same callback is registered again before`;
    default:
      return dueAt === undefined ? "due now" : `next at ${timeInWords(Math.max(dueAt, notBefore))}`;
  }
}

function stateInWords(state: EndpointState | undefined, behind: number | undefined): string {
  const pending = behind === undefined || behind === 0 ? "" : `${behindInWords(behind)} behind it`;
  if (state === undefined || state.status === "active" || state.status === "deleted")
    return pending === "" ? "" : ` ${capitalised(pending)}.`;
  const since = timeInWords(state.statusSince);
  const rest = pending === "" ? "" : `; ${pending}`;
  switch (state.status) {
    case "failing":
      return ` The endpoint has been failing since ${since} (${state.statusReason}): two pending deliveries are probed at a time${rest}.`;
    case "suspended":
      return ` The endpoint has been suspended since ${since} (${state.statusReason})${rest}.`;
    case "paused":
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
export function explainEvent(type: string, deliveries: readonly Delivery[]): string {
  if (deliveries.length === 0)
    return `Logged, but not sent: no endpoint subscribed to "${type}" when it was dispatched.`;
  const counts = new Map<string, number>();
  for (const { status } of deliveries) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return `It went to ${deliveries.length === 1 ? "one endpoint" : `${deliveries.length} endpoints`}: ${parts.join(", ")}.`;
}
