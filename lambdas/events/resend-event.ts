import type { LoggedEvent } from "../delivery/model/delivery.ts";
import { isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { takes } from "../endpoints/model/subscription.ts";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints } from "../ports/endpoints.ts";
import type { EventLog, EventQueue } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { findEvent } from "./read-events.ts";

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
