import type { Event } from "../../lambdas/events/model/event.ts";
import type { EventQueue, RecoveryStep, Resend } from "../../lambdas/ports/events.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";

/** A queue that keeps the events it was sent, in order. While `isDown` it refuses them. */
export function memoryEventQueue(): EventQueue & {
  readonly sent: Event[];
  readonly resends: Resend[];
  readonly recoveries: (RecoveryStep & { readonly delayMs: number })[];
  isDown: boolean;
} {
  return {
    sent: [],
    resends: [],
    recoveries: [],
    isDown: false,
    async send(events) {
      if (this.isDown)
        throw new RappelError(
          "QUEUE_UNAVAILABLE",
          "The events could not all be queued: send them again, with the same Idempotency-Key or eventIds",
          {
            retryAfterSeconds: 5,
          },
        );
      this.sent.push(...events);
    },
    async resend(request) {
      this.resends.push(request);
    },
    async recover(step, delayMs = 0) {
      this.recoveries.push({ ...step, delayMs });
    },
  };
}
