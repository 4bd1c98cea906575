import type { Attempt } from "./attempt.ts";
import type { Event } from "./event.ts";

/**
 * A failed attempt as its log line tells it: ids and figures, nothing that a producer or a receiver wrote. Not the host
 * either: the first label of some is as good as a password, and `GET /v1/endpoints/{id}` shows it to who may see it.
 */
export interface FailedAttempt {
  readonly account: string;
  readonly endpoint: string;
  readonly event: string;
  /** 1 is the first; of what was tried very often, one more than the attempts that are kept. */
  readonly attempt: number;
  /** From the event's acceptance to this attempt: whether what fails is fresh, or has waited for hours. */
  readonly ageMs: number;
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
}

/** @param earlier attempts of this delivery before */
export function failedAttempt(
  event: Pick<Event, "id" | "account" | "acceptedAt">,
  endpoint: string,
  { outcome, startedAt, durationMs, answer }: Attempt,
  earlier: number,
): FailedAttempt {
  const status = answer === undefined ? {} : { status: answer.status };
  const ageMs = Math.max(0, startedAt - event.acceptedAt);
  const { account, id } = event;
  return { account, endpoint, event: id, attempt: earlier + 1, ageMs, outcome, durationMs, ...status };
}
