import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import { stagesOf } from "../../endpoints/model/preset.ts";
import type { Event } from "../../events/model/event.ts";
import { parseRetryAfter } from "../../retry/model/retry-after.ts";
import { nextDueAt } from "../../retry/model/retry-schedule.ts";
import type { Attempt } from "./attempt.ts";
import type { FirstResult, LoggedEvent, PendingDelivery } from "./delivery.ts";

/** One endpoint that wanted the event, and how its first attempt went; without one where it must wait for it. */
export interface Tried {
  readonly endpoint: Endpoint;
  readonly attempt?: Attempt;
  /** The suspended endpoint that it stands in for. */
  readonly onBehalfOf?: string;
  /** It will never be sent there: the endpoint has been suspended for too long. */
  readonly isNotSent?: boolean;
}

export function isDelivered({ attempt }: Tried): boolean {
  return attempt?.outcome === "success";
}

/** The event with its first attempts, as the log keeps it. @param now also when those waited that were not tried */
export function loggedEvent(
  event: Event,
  tried: readonly Tried[],
  { now, keptUntil }: { now: number; keptUntil: number },
): LoggedEvent {
  const results = (some: readonly Tried[]) =>
    Object.fromEntries(some.map((one) => [one.endpoint.id, firstResult(one, now)]));
  const stoodIn = tried.flatMap(({ endpoint, onBehalfOf }) =>
    onBehalfOf === undefined ? [] : [[endpoint.id, onBehalfOf]],
  );
  return {
    ...event,
    ...(stoodIn.length > 0 && { onBehalfOf: Object.fromEntries(stoodIn) }),
    delivered: results(tried.filter(isDelivered)),
    parked: results(tried.filter((one) => !isDelivered(one) && one.isNotSent !== true)),
    withheld: results(tried.filter(({ isNotSent }) => isNotSent === true)),
    resentTo: [],
    keptUntil,
  };
}

function firstResult(tried: Tried, now: number): FirstResult {
  const { endpoint, attempt } = tried;
  if (attempt === undefined) return { code: "untried", durationMs: 0, at: now, dueAt: now };
  const { startedAt: at, durationMs, answer, outcome } = attempt;
  const result = { code: answer?.status ?? outcome, durationMs, at };
  if (isDelivered(tried)) return result;
  const endedAt = at + durationMs;
  const retryAfterMs =
    answer === undefined ? 0 : parseRetryAfter(answer.status, answer.headers["retry-after"], endedAt);
  return { ...result, dueAt: nextDueAt(stagesOf(endpoint.retrySchedule), 1, endedAt, retryAfterMs) ?? endedAt };
}

/**
 * A delivery as it joins its endpoint's backlog.
 * @param attempt in full; where a crash has taken it, the log's result stands in for it
 */
export function pendingFrom(
  event: LoggedEvent,
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

/** The attempt that a result tells of, without its answer's body. @param answered its outcome, where an answer came */
export function attemptsOf({ code, durationMs, at }: FirstResult, answered: "success" | "http_status"): Attempt[] {
  if (code === "untried") return [];
  if (typeof code === "string") return [{ outcome: code, startedAt: at, durationMs }];
  const answer = { status: code, body: new Uint8Array(), isTruncated: false, headers: {} };
  return [{ outcome: answered, startedAt: at, durationMs, answer }];
}
