import { allDeliveries } from "../events/read-events.ts";
import type { DeliveryKey } from "../ports/deliveries.ts";
import type { EventLog, Resend } from "../ports/events.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { type CompletionPorts, completeDeliveries } from "./complete-deliveries.ts";
import { isOutcomeOf } from "./model/delivery.ts";

/**
 * Applies a resend request: the event joins the backlog of each endpoint, due now, unless it is already pending there. The
 * request's time separates its final outcome from earlier ones, so applying it twice has no further effect.
 * @returns the endpoints whose backlog holds the event, with the event's type
 */
export async function applyResend(
  ports: CompletionPorts & { readonly log: EventLog },
  { account, eventId, to, at }: Resend,
): Promise<readonly { readonly endpoint: string; readonly type: string }[]> {
  const { log, deliveries } = ports;
  const event = (await log.find(account, [eventId])).get(eventId);
  if (event === undefined || !(await log.noteResent(account, eventId, to))) return []; // its retention has ended
  const before = (await allDeliveries({ deliveries }, [event])).get(eventId) ?? [];
  await waitForAll(
    to.map(async (endpoint) => {
      const delivery = before.find((each) => each.endpoint === endpoint);
      const { status, resentAt = 0 } = delivery ?? {};
      if (status === "pending" || resentAt >= at) return;
      await completeInterrupted(ports, { endpoint, eventId });
      const { type, keptUntil } = event;
      const attempts = delivery?.attempts ?? [];
      const pending = { endpoint, account, eventId, type, failures: 0, dueAt: at, attempts, resentAt: at, keptUntil };
      await deliveries.addToBacklog(pending);
    }),
  );
  return to.map((endpoint) => ({ endpoint, type: event.type }));
}

/** After a crash an ended delivery can still have a backlog item, which would be in the way. Completes the ending. */
async function completeInterrupted(ports: CompletionPorts, key: DeliveryKey): Promise<void> {
  const [pending] = await ports.deliveries.pending([key]);
  const [ended] = pending === undefined ? [] : await ports.deliveries.ended([key]);
  if (pending !== undefined && ended !== undefined && isOutcomeOf(ended, pending))
    await completeDeliveries(ports, [ended]);
}
