import type { EventLog, Resend } from "../ports/events.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { type CompletionPorts, completeDeliveries } from "./complete-deliveries.ts";
import { isOutcomeOf } from "./model/delivery.ts";
import { deliveriesOf } from "./model/delivery-status.ts";
import { resentDelivery } from "./model/pending-delivery.ts";

/**
 * Applies a resend request: the event joins the backlog of each endpoint, due now, unless it is already pending there. The
 * request's time separates its final outcome from earlier ones, so applying it twice has no further effect.
 * @returns the endpoints whose backlog the event has joined by this request, now or before a crash, and the event's type
 */
export async function applyResend(
  ports: CompletionPorts & { readonly log: EventLog },
  { account, eventId, to, at }: Resend,
): Promise<readonly { readonly endpoint: string; readonly type: string }[]> {
  const { log, deliveries } = ports;
  const event = (await log.find(account, [eventId])).get(eventId);
  if (event === undefined || !(await log.noteResent(account, eventId, to))) return []; // its retention has ended
  const keys = to.map((endpoint) => ({ endpoint, eventId }));
  // Backlog before final items: a delivery that ends in between is then read as ended, not missed.
  const pending = await deliveries.pending(keys);
  const ended = await deliveries.ended(keys);
  const before = new Map(deliveriesOf(event, pending, ended).map((delivery) => [delivery.endpoint, delivery]));
  const joined = await waitForAll(
    to.map(async (endpoint) => {
      const { status, resentAt = 0, attempts = [] } = before.get(endpoint) ?? {};
      // After a crash an ended delivery can still have a backlog item, which would be in the way. If its endpoint is deleted,
      // no round would ever remove it.
      const left = pending.find((item) => item.endpoint === endpoint);
      const outcome = ended.find((item) => item.endpoint === endpoint);
      if (left !== undefined && outcome !== undefined && isOutcomeOf(outcome, left))
        await completeDeliveries(ports, [outcome]);
      // A delivery that is pending for another reason has its wake-up already.
      if (status === "pending" || resentAt >= at) return status === "pending" && resentAt === at ? [endpoint] : [];
      await deliveries.addToBacklog(resentDelivery(event, endpoint, attempts, at));
      return [endpoint];
    }),
  );
  return joined.flat().map((endpoint) => ({ endpoint, type: event.type }));
}
