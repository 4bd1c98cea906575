import type { Attempt } from "../core/attempt.ts";
import { delivered, endedBy, failedAgain, probed } from "../core/delivery-history.ts";
import { type Endpoint, type EndpointState, isSuccess } from "../core/endpoint.ts";
import { failedAttempt } from "../core/failed-attempt.ts";
import { eventExpiresAt } from "../core/retention.ts";
import { askedWaitMs } from "../core/retry-after.ts";
import { nextDueAt, stagesOf } from "../core/retry-schedule.ts";
import type { StateChange } from "../core/state-change.ts";
import { webhookFor } from "../core/webhook.ts";
import type { Clock, Courier, Deliveries, Endpoints, EventLog, Log, States, Timer } from "../ports.ts";
import type { Owner, Waiting } from "./read-backlog.ts";

export interface RoundWorld {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly courier: Courier;
  readonly timer: Timer;
  readonly report: Log;
}

/** One look at an endpoint's backlog, and the lease that it holds. */
export interface Round {
  readonly id: string;
  readonly endpoint: Endpoint;
  /** As it was read last, with the round's own changes. */
  state: EndpointState;
  readAt: number;
  /** The version that this round has seen or made: any other is somebody else's doing, and not for it to close over. */
  version: number;
  /** Before the last word the newest gets a try, once. */
  hasLookedAtNewest?: boolean;
  /** When the function is killed. */
  readonly deadlineAt: number;
}

/** Whose backlog the round reads. */
export function ownerOf({ endpoint, state: { skipBefore } }: Round): Owner {
  return { endpoint: endpoint.id, account: endpoint.account, ...(skipBefore !== undefined && { skipBefore }) };
}

export interface Result {
  readonly waiting: Waiting;
  readonly attempt: Attempt;
}

// What is left of a function's time once its last POST has ended: room to settle and close.
const SETTLE_MS = 5_000;

/** Whether an attempt that begins now ends, and is settled, before the function does. */
export function hasTime({ endpoint, deadlineAt }: Round, now: number): boolean {
  return now + endpoint.timeoutMs + SETTLE_MS <= deadlineAt;
}

/** Carries out a change of the state, and keeps what it has become. @returns whether its conditions held */
export async function change({ states, clock }: RoundWorld, round: Round, what: StateChange): Promise<boolean> {
  // Somebody else has changed the status meanwhile: what this round has found out is no answer to that.
  if (what.onlyIf !== undefined && round.state.version !== round.version) return false;
  const updated = await states.update(round.endpoint.id, what);
  if (updated === undefined) return false;
  round.state = updated.state;
  round.readAt = clock.now();
  if (updated.isDone && what.add?.version !== undefined) round.version = updated.state.version;
  return updated.isDone;
}

/** POSTs one pending delivery. */
export async function tryPending(
  { clock, courier, report }: RoundWorld,
  { endpoint }: Round,
  waiting: Waiting,
): Promise<Result> {
  const webhook = webhookFor(endpoint, waiting.event, clock.now());
  const attempt = await courier.post(webhook, (status) => isSuccess(endpoint.success, status));
  if (attempt.outcome !== "success") report.attemptFailed(failedAttempt(waiting.event, endpoint.id, attempt));
  return { waiting, attempt };
}

/** Writes down an attempt of a delivery's own schedule. @returns when it is due again; `undefined` once it has ended */
export async function settleAttempt(
  { deliveries, clock }: RoundWorld,
  { endpoint }: Round,
  { waiting, attempt }: Result,
): Promise<number | undefined> {
  const { pending, event } = waiting;
  const expiresAt = eventExpiresAt(event.acceptedAt);
  if (attempt.outcome === "success") {
    await deliveries.end(delivered(pending, attempt), expiresAt);
    return undefined;
  }
  const dueAt = nextDueAt(
    stagesOf(endpoint.retrySchedule),
    pending.failures + 1,
    clock.now(),
    askedMs(attempt, clock.now()),
  );
  if (dueAt !== undefined) await deliveries.revise(failedAgain(pending, attempt, dueAt), pending);
  else await deliveries.end(endedBy(probed(pending, attempt), "exhausted", "schedule", clock.now()), expiresAt);
  return dueAt;
}

export function askedMs({ answer }: Attempt, now: number): number {
  return answer === undefined ? 0 : askedWaitMs(answer.status, answer.headers["retry-after"], now);
}

/** 410 is a receiver's own word that it wants nothing more (faults 13). */
export function isGone({ attempt }: Result): boolean {
  return attempt.answer?.status === 410 && attempt.outcome !== "success";
}
