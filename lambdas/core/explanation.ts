import type { Attempt } from "./attempt.ts";
import type { Delivery, EndReason } from "./delivery.ts";
import type { Endpoint, EndpointState } from "./endpoint.ts";
import { stagesOf, waitsIn } from "./retry-schedule.ts";

const ENDED: Record<EndReason, string> = {
  schedule: "its retry schedule has ended",
  expired: "the event's retention ended first",
  skipped: "the endpoint was resumed without its older backlog",
  deleted: "its endpoint was deleted",
  moved: "it was handed to the endpoint's backup",
  suspended: "its endpoint was suspended too long ago",
};

/** How an attempt went, in words: `was answered 503 in 120 ms`, or `failed after 15000 ms (timeout: no answer)`. */
export function attemptInWords({ answer, durationMs, outcome, reason }: Attempt): string {
  if (answer !== undefined) return `was answered ${answer.status} in ${durationMs} ms`;
  return `failed after ${durationMs} ms (${reason === undefined ? outcome : `${outcome}: ${reason}`})`;
}

/**
 * One sentence for a person: what happened, what comes next and when, or why the event was not sent.
 * @param endpoint as it is now; `undefined` once deleted
 * @param state how it is doing
 */
export function explain(delivery: Delivery, endpoint: Endpoint | undefined, state?: EndpointState): string {
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
      const of = endpoint === undefined ? "" : ` of ${waitsIn(stagesOf(endpoint.retrySchedule)) + 1}`;
      const so = last === undefined ? "not tried yet" : `attempt ${number}${of} ${attemptInWords(last)}`;
      return `Pending: ${so}; ${nextInWords(delivery, state)}.`;
    }
  }
}

function nextInWords({ dueAt }: Delivery, state: EndpointState | undefined): string {
  const since = state === undefined ? "" : new Date(state.statusSince).toISOString();
  const at = (time: number) => new Date(time).toISOString();
  switch (state?.status) {
    case "failing":
      return `its URL has failed since ${since}, so two of what waits are tried at a time, next at ${at(state.notBefore ?? state.wakeAt ?? state.statusSince)}`;
    case "suspended":
      return `its URL is suspended since ${since} (${state.statusReason}), so it waits until that is resumed`;
    case "paused":
      return `its endpoint is paused since ${since}${state.notBefore === undefined ? "" : `, until ${at(state.notBefore)}`}, so it waits`;
    default:
      return dueAt === undefined ? "due now" : `next due at ${at(dueAt)}`;
  }
}

/** One sentence on an event as a whole. */
export function explainEvent(type: string, deliveries: readonly Delivery[]): string {
  if (deliveries.length === 0) return `Stored, sent nowhere: no endpoint wanted "${type}" when it was dispatched.`;
  const counts = new Map<string, number>();
  for (const { status } of deliveries) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return `${deliveries.length === 1 ? "One endpoint" : `${deliveries.length} endpoints`} wanted it: ${parts.join(", ")}.`;
}
