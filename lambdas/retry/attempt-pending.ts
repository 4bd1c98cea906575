import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import type { Attempt } from "../delivery/model/attempt.ts";
import { sendWebhook } from "../delivery/send-webhook.ts";
import { waitForRateSlot } from "../delivery/wait-for-rate-slot.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import type { Waiting } from "./read-backlog.ts";
import { hasTime, type Round } from "./retry-round.ts";

/** Pending deliveries that were sent as one POST, one where the endpoint does not group them, and how it went. */
export interface Result {
  readonly group: NonEmpty<Waiting>;
  readonly attempt: Attempt;
}

// A round takes slots farther ahead than dispatch does, so that fresh events cannot starve the backlog. Both ours.
const HORIZON_MS = 5_000;
const ASK_AGAIN_MS = 500;

/** Waits until the endpoint's rate limit allows one more attempt. @returns whether there is still time for it */
export function waitForTurn(world: DeliveryPorts, round: Round): Promise<boolean> {
  const isInTime = () => hasTime(round, world.clock.now());
  return waitForRateSlot(world, round.endpoint, { horizonMs: HORIZON_MS, askAgainMs: ASK_AGAIN_MS, isInTime });
}

/** POSTs pending deliveries, all of them at once. */
export async function attemptPending(
  world: DeliveryPorts,
  { endpoint }: Round,
  group: NonEmpty<Waiting>,
): Promise<Result> {
  const [{ event, pending }, ...others] = group;
  const events = [event, ...others.map((one) => one.event)] as const;
  return { group, attempt: await sendWebhook(world, endpoint, events, pending.attempts.length) };
}

export function isOk({ attempt }: Result): boolean {
  return attempt.outcome === "success";
}

/** 413: more in one POST than the receiver takes. */
export function isTooLarge({ group, attempt: { answer, outcome } }: Result): boolean {
  return group.length > 1 && answer?.status === 413 && outcome !== "success";
}
