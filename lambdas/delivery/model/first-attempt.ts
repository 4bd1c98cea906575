import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import { stagesOf } from "../../endpoints/model/preset.ts";
import type { Event } from "../../events/model/event.ts";
import { parseRetryAfter } from "../../retry/model/retry-after.ts";
import { nextDueAt } from "../../retry/model/retry-schedule.ts";
import { type Answer, type Attempt, isLoop, LOOP_STATUS } from "./attempt.ts";
import type { EventResults, FirstResult, LoggedEvent, PendingDelivery } from "./delivery.ts";

/** An endpoint that gets the event, and its first attempt; without an attempt, the delivery joins the backlog untried. */
export interface Tried {
  readonly endpoint: Endpoint;
  readonly attempt?: Attempt;
  /** The suspended endpoint that it backs up. */
  readonly onBehalfOf?: string;
  /** Not sent at all: the endpoint has been suspended for too long. */
  readonly isNotSent?: boolean;
}

function isDelivered({ attempt }: Tried): boolean {
  return attempt?.outcome === "success";
}

/** Whether the delivery has ended without success, so that it never joins a backlog. */
function isWithheld({ isNotSent = false, attempt }: Tried): boolean {
  return isNotSent || (attempt !== undefined && isLoop(attempt));
}

/** The event with its first attempts, as the log keeps it. @param now the time of untried deliveries, too */
export function loggedEvent(
  event: Event,
  tried: readonly Tried[],
  { now, keptUntil }: { now: number; keptUntil: number },
): LoggedEvent {
  const results = (list: readonly Tried[]) =>
    Object.fromEntries(list.map((each) => [each.endpoint.id, firstResult(each, now)]));
  const backups = tried.flatMap(({ endpoint, onBehalfOf }) =>
    onBehalfOf === undefined ? [] : [[endpoint.id, onBehalfOf]],
  );
  return {
    ...event,
    ...(backups.length > 0 && { onBehalfOf: Object.fromEntries(backups) }),
    delivered: results(tried.filter(isDelivered)),
    parked: results(tried.filter((each) => !isDelivered(each) && !isWithheld(each))),
    withheld: results(tried.filter(isWithheld)),
    resentTo: [],
    keptUntil,
  };
}

function firstResult(tried: Tried, now: number): FirstResult {
  const { endpoint, attempt } = tried;
  if (attempt === undefined) return { code: "untried", durationMs: 0, at: now, dueAt: now };
  const { startedAt: at, durationMs, answer, outcome } = attempt;
  if (isLoop(attempt)) return { code: outcome, durationMs, at };
  const result = { code: answer?.status ?? outcome, durationMs, at };
  if (isDelivered(tried)) return result;
  const endedAt = at + durationMs;
  const retryAfterMs =
    answer === undefined ? 0 : parseRetryAfter(answer.status, answer.headers["retry-after"], endedAt);
  return { ...result, dueAt: nextDueAt(stagesOf(endpoint.retrySchedule), 1, endedAt, retryAfterMs) ?? endedAt };
}

/**
 * A delivery that joins its endpoint's backlog.
 * @param attempt the full attempt; if a crash has lost it, the log's short result replaces it
 */
export function pendingFrom(
  event: EventResults,
  endpoint: string,
  result: FirstResult,
  attempt?: Attempt,
): PendingDelivery {
  const { code, at, durationMs, dueAt = at } = result;
  const { account, id: eventId, type, keptUntil } = event;
  const onBehalfOf = event.onBehalfOf?.[endpoint];
  const common = { endpoint, account, eventId, type, dueAt, keptUntil, ...(onBehalfOf && { onBehalfOf }) };
  if (code === "untried") return { ...common, failures: 0, attempts: [] };
  const attempts = attempt === undefined ? attemptsOf(result, "http_status") : [attempt];
  return { ...common, failures: 1, firstFailedAt: at + durationMs, attempts };
}

/** The attempt of a logged result, without the response's body. @param answered the outcome, if there was a response */
export function attemptsOf({ code, durationMs, at }: FirstResult, answered: "success" | "http_status"): Attempt[] {
  if (code === "untried") return [];
  if (code === "loop_detected") return [{ outcome: code, startedAt: at, durationMs, answer: answerWith(LOOP_STATUS) }];
  if (typeof code === "string") return [{ outcome: code, startedAt: at, durationMs }];
  return [{ outcome: answered, startedAt: at, durationMs, answer: answerWith(code) }];
}

function answerWith(status: number): Answer {
  return { status, isTruncated: false, headers: {} };
}
