import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { type Attempt, isLoop } from "../delivery/model/attempt.ts";
import { hopsOf } from "../delivery/model/webhook-request.ts";
import { sendWebhook } from "../delivery/send-webhook.ts";
import { waitForRateSlot } from "../delivery/wait-for-rate-slot.ts";
import { LIMITS } from "../shared/limits.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import type { PendingWithEvent } from "./read-backlog.ts";
import { hasTime, type Round } from "./retry-round.ts";

/** The attempt to send pending deliveries as one POST; a single one if the endpoint does not group events. */
export interface Result {
  readonly group: NonEmpty<PendingWithEvent>;
  readonly attempt: Attempt;
}

const ASK_AGAIN_MS = 500; // ours

/** Waits until the endpoint's rate limit allows one more attempt. @returns whether there is still time for it */
export function waitForTurn(ports: DeliveryPorts, round: Round): Promise<boolean> {
  const isInTime = () => hasTime(round, ports.clock.now());
  return waitForRateSlot(ports, round.endpoint, { horizonMs: LIMITS.retrySlotMs, askAgainMs: ASK_AGAIN_MS, isInTime });
}

/** POSTs pending deliveries as one webhook. */
export async function attemptPending(
  ports: DeliveryPorts,
  { endpoint }: Round,
  group: NonEmpty<PendingWithEvent>,
): Promise<Result> {
  const [{ event, pending }, ...others] = group;
  const events = [event, ...others.map((other) => other.event)] as const;
  return { group, attempt: await sendWebhook(ports, endpoint, events, pending.attempts.length) };
}

export function isOk({ attempt }: Result): boolean {
  return attempt.outcome === "success";
}

/**
 * The deliveries that end because the receiver refused them as a loop: of a group, the events that have gone round most often.
 */
export function loopedOf({ group, attempt }: Result): readonly PendingWithEvent[] {
  if (!isLoop(attempt)) return [];
  const hopsMax = Math.max(...group.map(({ event }) => hopsOf(event)));
  return group.filter(({ event }) => hopsOf(event) === hopsMax);
}

/** Whether a group was too large for the receiver (413). */
export function isTooLarge({ group, attempt: { answer, outcome } }: Result): boolean {
  return group.length > 1 && answer?.status === 413 && outcome !== "success";
}
