import { LIMITS } from "../../shared/limits.ts";
import type { Attempt } from "./attempt.ts";
import type { EndedDelivery, EndReason, EventResults, PendingDelivery } from "./delivery.ts";

/** Adds an attempt. The first and the newest 24 are kept; the first and the newest keep their response's body. */
function withAttempt([first, ...others]: readonly Attempt[], attempt: Attempt): Attempt[] {
  if (first === undefined) return [attempt];
  return [first, ...others.slice(2 - LIMITS.attemptsKept).map(withoutBody), attempt];
}

function withoutBody(attempt: Attempt): Attempt {
  if (attempt.answer === undefined) return attempt;
  const { body: _, ...answer } = attempt.answer;
  return { ...attempt, answer };
}

/** A delivery that is sent again, due at once. @param resentAt the time of the request, which tells it from earlier ones */
export function resentDelivery(
  { id: eventId, account, type, keptUntil }: EventResults,
  endpoint: string,
  attempts: readonly Attempt[],
  resentAt: number,
): PendingDelivery {
  return { endpoint, account, eventId, type, failures: 0, dueAt: resentAt, attempts, resentAt, keptUntil };
}

/** After a failed attempt of the delivery's schedule. @param dueAt when the next attempt is due */
export function failedAgain(pending: PendingDelivery, attempt: Attempt, dueAt: number): PendingDelivery {
  return { ...probed(pending, attempt), failures: pending.failures + 1, dueAt };
}

/** After a failed probe: it counts on the endpoint's schedule, not on the delivery's. */
export function probed(pending: PendingDelivery, attempt: Attempt): PendingDelivery {
  const { firstFailedAt = attempt.startedAt + attempt.durationMs, attempts } = pending;
  return { ...pending, firstFailedAt, attempts: withAttempt(attempts, attempt) };
}

export function delivered(pending: PendingDelivery, attempt: Attempt): EndedDelivery {
  const endedAt = attempt.startedAt + attempt.durationMs;
  return { ...ended(pending, "delivered", endedAt), attempts: withAttempt(pending.attempts, attempt) };
}

/** Without a POST: it was read from the API. */
export function acknowledged(pending: PendingDelivery, now: number): EndedDelivery {
  return ended(pending, "delivered", now);
}

export function endedBy(
  pending: PendingDelivery,
  status: "exhausted" | "cancelled",
  reason: EndReason,
  now: number,
): EndedDelivery {
  return { ...ended(pending, status, now), reason };
}

function ended(
  { endpoint, account, eventId, type, attempts, resentAt, onBehalfOf, keptUntil }: PendingDelivery,
  status: EndedDelivery["status"],
  endedAt: number,
): EndedDelivery {
  const more = { ...(resentAt !== undefined && { resentAt }), ...(onBehalfOf !== undefined && { onBehalfOf }) };
  return { endpoint, account, eventId, type, attempts, status, endedAt, keptUntil, ...more };
}
