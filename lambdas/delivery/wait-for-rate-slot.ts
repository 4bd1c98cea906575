import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { Clock } from "../ports/clock.ts";
import type { Pacer } from "../ports/outgoing.ts";

interface Options {
  /** How far ahead a slot may be, ms. */
  readonly horizonMs: number;
  /** When to ask again if no slot is within the horizon, ms. Absent: stop waiting. */
  readonly askAgainMs?: number;
  /** Whether an attempt that starts now still ends in time. */
  readonly isInTime: () => boolean;
}

/** Waits for the endpoint's next rate slot, if it has a `rateLimit`. @returns whether an attempt may start now */
export async function waitForRateSlot(
  { clock, pacer }: { readonly clock: Clock; readonly pacer: Pacer },
  { id, rateLimit }: Pick<Endpoint, "id" | "rateLimit">,
  { horizonMs, askAgainMs, isInTime }: Options,
): Promise<boolean> {
  if (rateLimit === undefined) return isInTime();
  while (isInTime()) {
    const { isTaken, at } = await pacer.slot(id, rateLimit, clock.now(), horizonMs);
    if (!isTaken && askAgainMs === undefined) return false;
    await clock.sleep(isTaken ? Math.max(0, at - clock.now()) : (askAgainMs ?? 0));
    if (isTaken) return isInTime();
  }
  return false;
}
