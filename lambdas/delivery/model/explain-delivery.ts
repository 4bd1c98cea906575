import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import { stagesOf } from "../../endpoints/model/preset.ts";
import { waitsIn } from "../../retry/model/retry-schedule.ts";
import type { Attempt } from "./attempt.ts";
import type { Delivery, EndReason } from "./delivery.ts";

/** As far as what waits behind a delivery is counted: reading more costs more than the number says. */
export const BEHIND_MAX = 1_000;

const ENDED: Record<EndReason, string> = {
  schedule: "its retry schedule has ended",
  expired: "the event's retention ended first",
  skipped: "the endpoint was resumed without its older backlog",
  deleted: "its endpoint was deleted",
  moved: "it was handed to another endpoint, which delivers it",
  suspended: "its endpoint was suspended too long ago",
};

/** How an attempt went, in words: `was answered 503 in 120 ms`, or `failed after 15000 ms (timeout: no answer)`. */
export function attemptInWords({ answer, durationMs, outcome, reason }: Attempt): string {
  if (answer !== undefined) return `was answered ${answer.status} in ${durationMs} ms`;
  return `failed after ${durationMs} ms (${reason === undefined ? outcome : `${outcome}: ${reason}`})`;
}

/**
 * What happened, what comes next and when, or why the event was not sent: for a person.
 * @param endpoint as it is now; `undefined` once deleted
 * @param state how it is doing
 * @param behind of a pending one: how many wait behind it
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
      const so = last === undefined ? "not tried yet" : `attempt ${number}${of} ${attemptInWords(last)}`;
      return `Pending: ${so}; ${nextInWords(delivery, state)}.${comingInWords(delivery)}${stateInWords(state, behind)}`;
    }
  }
}

/** How it came to be there, where that was not by its own endpoint's first attempt. */
function comingInWords({ resentAt, onBehalfOf }: Delivery): string {
  if (onBehalfOf !== undefined) return ` It stands in for ${onBehalfOf}, which is suspended.`;
  return resentAt === undefined ? "" : " It was sent again, or came here from another endpoint.";
}

const timeInWords = (at: number) => new Date(at).toISOString();

function nextInWords({ dueAt }: Delivery, state: EndpointState | undefined): string {
  const { notBefore = 0, probeAt = 0, wakeAt } = state ?? {};
  switch (state?.status) {
    case "failing":
      return `next at ${timeInWords(Math.max(probeAt, notBefore) || (wakeAt ?? state.statusSince))} at the earliest`;
    case "suspended":
      return "it waits until the endpoint is resumed";
    case "paused":
      return `it waits until ${state.notBefore === undefined ? "the endpoint is resumed" : timeInWords(state.notBefore)}`;
    default:
      return dueAt === undefined ? "due now" : `next at ${timeInWords(Math.max(dueAt, notBefore))}`;
  }
}

function stateInWords(state: EndpointState | undefined, behind: number | undefined): string {
  const waiting = behind === undefined ? "" : `${behindInWords(behind)} behind it`;
  if (state === undefined || state.status === "active" || state.status === "deleted")
    return behind === undefined || behind === 0 ? "" : ` ${capitalised(waiting)}.`;
  const since = timeInWords(state.statusSince);
  const rest = waiting === "" ? "" : `; ${waiting}`;
  switch (state.status) {
    case "failing":
      return ` The URL has failed since ${since} (${state.statusReason}): two of what waits are tried at a time${rest}.`;
    case "suspended":
      return ` The URL is suspended since ${since} (${state.statusReason})${rest}.`;
    case "paused":
      return ` The endpoint is paused since ${since}${rest}.`;
  }
}

function behindInWords(behind: number): string {
  if (behind === 0) return "no event waits";
  const many = behind >= BEHIND_MAX ? `${BEHIND_MAX.toLocaleString("en")} events or more` : `${behind} events`;
  return behind === 1 ? "one event waits" : `${many} wait`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One sentence on an event as a whole. */
export function explainEvent(type: string, deliveries: readonly Delivery[]): string {
  if (deliveries.length === 0) return `Stored, sent nowhere: no endpoint wanted "${type}" when it was dispatched.`;
  const counts = new Map<string, number>();
  for (const { status } of deliveries) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return `${deliveries.length === 1 ? "One endpoint" : `${deliveries.length} endpoints`} wanted it: ${parts.join(", ")}.`;
}
