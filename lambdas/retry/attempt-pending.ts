import { makeWebhook } from "../delivery/build-webhook.ts";
import type { DeliveringWorld } from "../delivery/delivery-ports.ts";
import type { Attempt } from "../delivery/model/attempt.ts";
import { failedAttempt } from "../delivery/model/failed-attempt.ts";
import { isSuccess } from "../endpoints/model/success-rule.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import { askedWaitMs } from "./model/retry-after.ts";
import type { Waiting } from "./read-backlog.ts";
import { hasTime, type Round } from "./retry-round.ts";

/** Pending deliveries that were tried together, one where the endpoint does not group them, and how it went. */
export interface Result {
  readonly group: NonEmpty<Waiting>;
  readonly attempt: Attempt;
}

// How far ahead a round takes slots of a limited rate: more than dispatch does, so that fresh events cannot starve the
// backlog. Both ours.
const HORIZON_MS = 5_000;
const AGAIN_MS = 500;

/** Waits until the endpoint's own rate limit allows one more attempt. @returns whether there is still time for it */
export async function awaitTurn({ clock, pacer }: DeliveringWorld, round: Round): Promise<boolean> {
  const { id, rateLimit } = round.endpoint;
  if (rateLimit === undefined) return hasTime(round, clock.now());
  while (hasTime(round, clock.now())) {
    const { isTaken, at } = await pacer.slot(id, rateLimit, clock.now(), HORIZON_MS);
    await clock.sleep(isTaken ? Math.max(0, at - clock.now()) : AGAIN_MS);
    if (isTaken) return hasTime(round, clock.now());
  }
  return false;
}

/** POSTs pending deliveries, all of them at once. */
export async function tryPending(
  world: DeliveringWorld,
  { endpoint }: Round,
  group: NonEmpty<Waiting>,
): Promise<Result> {
  const [{ event, pending }, ...others] = group;
  const events = [event, ...others.map((one) => one.event)] as const;
  const webhook = await makeWebhook(world, endpoint, events);
  const { courier, report } = world;
  const attempt = await courier.post(webhook, (status) => isSuccess(endpoint.success, status));
  if (attempt.outcome !== "success")
    report.attemptFailed(failedAttempt(events, endpoint.id, attempt, pending.attempts.length));
  return { group, attempt };
}

export function isOk({ attempt }: Result): boolean {
  return attempt.outcome === "success";
}

/** 410 is a receiver's own word that it wants nothing more (faults 13). */
export function isGone({ answer, outcome }: Attempt): boolean {
  return answer?.status === 410 && outcome !== "success";
}

/** More in one POST than the receiver takes. */
export function isTooLarge({ group, attempt: { answer, outcome } }: Result): boolean {
  return group.length > 1 && answer?.status === 413 && outcome !== "success";
}

/** The longest wait that any of the answers asked for, ms; 0 where none did. */
export function askedMs(results: readonly Pick<Result, "attempt">[], now: number): number {
  return Math.max(
    0,
    ...results.map(({ attempt: { answer } }) =>
      answer === undefined ? 0 : askedWaitMs(answer.status, answer.headers["retry-after"], now),
    ),
  );
}
