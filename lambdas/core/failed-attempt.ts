import type { Attempt } from "./attempt.ts";

/** A failed attempt as its log line tells it: ids and figures, nothing that a producer or a receiver wrote. */
export interface FailedAttempt {
  readonly account: string;
  readonly endpoint: string;
  readonly event: string;
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
}

export function failedAttempt(
  event: { id: string; account: string },
  endpoint: string,
  attempt: Attempt,
): FailedAttempt {
  const { outcome, durationMs, answer } = attempt;
  const status = answer === undefined ? {} : { status: answer.status };
  return { account: event.account, endpoint, event: event.id, outcome, durationMs, ...status };
}
