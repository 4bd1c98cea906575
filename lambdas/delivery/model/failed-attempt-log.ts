import type { Event } from "../../events/model/event.ts";
import type { NonEmpty } from "../../shared/non-empty.ts";
import type { Attempt } from "./attempt.ts";

/**
 * A failed attempt, as it is logged: ids and numbers, nothing that a producer or a receiver wrote. Not the host either:
 * some host names contain a secret. Readers with access find it with `GET /v1/endpoints/{id}`.
 */
export interface FailedAttempt {
  readonly account: string;
  readonly endpoint: string;
  /** The event; in a group, the first one. */
  readonly event: string;
  /** How many events a grouped POST had. */
  readonly events?: number;
  /** 1 for the first attempt. After very many, it stays at one more than the attempts that are kept. */
  readonly attempt: number;
  /** From the event's acceptance to this attempt: whether a new or an old event fails. */
  readonly ageMs: number;
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
}

/** @param earlier attempts of this delivery before; in a group, of its first event */
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
