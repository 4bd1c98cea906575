import { type EndingWorld, endDeliveries } from "../delivery/complete-deliveries.ts";
import { isLastWordOn, type LoggedEvent } from "../delivery/model/delivery.ts";
import { isBackup, takes } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryKey } from "../ports/deliveries.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import type { EventLog, EventQueue, Resend } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { allDeliveries, findEvent } from "./read-events.ts";

interface World {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly endpoints: Endpoints;
  readonly queue: EventQueue;
}

/**
 * Wishes that an event be sent once more, with the same id, whatever became of it before. The wish goes through the
 * queue, as events do: once it is answered it cannot be lost.
 * @param wanted endpoints by id, whether or not they ask for its type; without it, all that do
 * @throws {RappelError} `EVENT_NOT_FOUND`, `EVENT_NOT_YET_LOGGED`, `ENDPOINT_NOT_FOUND`
 */
export async function resendEvent(
  world: World,
  account: string,
  id: string,
  wanted?: readonly string[],
): Promise<void> {
  const { clock, endpoints, queue } = world;
  const [event, all] = await Promise.all([findEvent(world, account, id), endpoints.list(account)]);
  const to = chosenOf(all, event, wanted);
  if (to.length > 0) await queue.resend({ account, eventId: id, to, at: clock.now() });
}

function chosenOf(all: readonly Endpoint[], event: LoggedEvent, wanted?: readonly string[]): string[] {
  if (wanted === undefined) return all.filter((one) => !isBackup(one) && takes(one, event)).map(({ id }) => id);
  for (const id of wanted) {
    if (!all.some((endpoint) => endpoint.id === id))
      throw new RappelError("ENDPOINT_NOT_FOUND", `The account has no endpoint ${id}: the event was resent to none`);
  }
  return [...new Set(wanted)];
}

/**
 * Does what was wished: the event joins the backlog of each endpoint, due now. Where it is pending already nothing
 * changes, for it will be sent. Done twice it is done once: the wish's time tells its last word from any earlier one's.
 * @returns the endpoints whose backlog it is in
 */
export async function keepWish(
  world: EndingWorld & { readonly log: EventLog },
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
async function finishEnding(world: EndingWorld, key: DeliveryKey): Promise<void> {
  const [left] = await world.deliveries.pending([key]);
  const [word] = left === undefined ? [] : await world.deliveries.ended([key]);
  if (left !== undefined && word !== undefined && isLastWordOn(word, left)) await endDeliveries(world, [word]);
}
