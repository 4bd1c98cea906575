import { allDeliveries } from "../events/read-events.ts";
import type { DeliveryKey } from "../ports/deliveries.ts";
import type { EventLog, Resend } from "../ports/events.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { type CompletionPorts, completeDeliveries } from "./complete-deliveries.ts";
import { isOutcomeOf } from "./model/delivery.ts";

/**
 * Does what was wished: the event joins the backlog of each endpoint, due now. Where it is pending already nothing
 * changes, for it will be sent. Done twice it is done once: the wish's time tells its last word from any earlier one's.
 * @returns the endpoints whose backlog it is in
 */
export async function applyResend(
  world: CompletionPorts & { readonly log: EventLog },
  { account, eventId, to, at }: Resend,
): Promise<readonly string[]> {
  const { log, deliveries } = world;
  const event = (await log.find(account, [eventId])).get(eventId);
  if (event === undefined || !(await log.noteResent(account, eventId, to))) return []; // its retention has ended
  const before = (await allDeliveries({ deliveries }, [event])).get(eventId) ?? [];
  await waitForAll(
    to.map(async (endpoint) => {
      const delivery = before.find((one) => one.endpoint === endpoint);
      const { status, resentAt = 0 } = delivery ?? {};
      if (status === "pending" || resentAt >= at) return;
      await finishEnding(world, { endpoint, eventId });
      const { type, keptUntil } = event;
      const attempts = delivery?.attempts ?? [];
      const pending = { endpoint, account, eventId, type, failures: 0, dueAt: at, attempts, resentAt: at, keptUntil };
      await deliveries.park(pending);
    }),
  );
  return to;
}

/** A crash can have left the backlog item of what has ended: it would stand in the way, and its end may be untold. */
async function finishEnding(world: CompletionPorts, key: DeliveryKey): Promise<void> {
  const [left] = await world.deliveries.pending([key]);
  const [word] = left === undefined ? [] : await world.deliveries.ended([key]);
  if (left !== undefined && word !== undefined && isOutcomeOf(word, left)) await completeDeliveries(world, [word]);
}
