import type { Event } from "../../events/model/event.ts";
import type { NonEmpty } from "../../shared/non-empty.ts";
import type { Attempt } from "./attempt.ts";

/**
 * A failed attempt as its log line tells it: ids and figures, nothing that a producer or a receiver wrote. Not the host
 * either: the first label of some is as good as a password, and `GET /v1/endpoints/{id}` shows it to who may see it.
 */
export interface FailedAttempt {
  readonly account: string;
  readonly endpoint: string;
  /** Of a group: its first. */
  readonly event: string;
  /** How many went together, where it is a group. */
  readonly events?: number;
  /** 1 is the first; of what was tried very often, one more than the attempts that are kept. */
  readonly attempt: number;
  /** From the event's acceptance to this attempt: whether what fails is fresh, or has waited for hours. */
  readonly ageMs: number;
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
}

/** @param earlier attempts of this delivery before; of a group, of its first */
export function failedAttempt(
  [event, ...others]: NonEmpty<Pick<Event, "id" | "account" | "acceptedAt">>,
  endpoint: string,
  { outcome, startedAt, durationMs, answer }: Attempt,
  earlier: number,
): FailedAttempt {
  const status = answer === undefined ? {} : { status: answer.status };
  const ageMs = Math.max(0, startedAt - event.acceptedAt);
  const { account, id } = event;
  const group = others.length === 0 ? {} : { events: 1 + others.length };
  return { account, endpoint, event: id, ...group, attempt: earlier + 1, ageMs, outcome, durationMs, ...status };
}
