import type { IdempotencyKey } from "../accounts/claim-request.ts";
import type { LoggedEvent } from "../delivery/model/delivery.ts";
import { endpointNotFound } from "../endpoints/find-endpoint.ts";
import { RappelError } from "../shared/errors.ts";
import {
  allDeliveries,
  type EventWithDeliveries,
  findEvent,
  findEventWithDeliveries,
  type ReadPorts,
} from "./read-events.ts";
import { resendEvent } from "./resend-event.ts";

/**
 * What a caller sees who may see one endpoint only: events with a delivery to it, and no other delivery of them. Without an
 * endpoint in `only`, everything.
 */
function shownOf<T extends EventWithDeliveries>(found: T, only: string | undefined): T {
  if (only === undefined) return found;
  const deliveries = found.deliveries.filter(({ delivery }) => delivery.endpoint === only);
  if (deliveries.length === 0) throw eventNotFound();
  return { ...found, deliveries };
}

function eventNotFound(): RappelError {
  return new RappelError("EVENT_NOT_FOUND", "The endpoint has no event with this id, or its retention has ended");
}

/** @throws {RappelError} `EVENT_NOT_FOUND`, `EVENT_NOT_YET_LOGGED` */
export async function findEventShown(
  ports: ReadPorts,
  account: string,
  id: string,
  only: string | undefined,
): Promise<EventWithDeliveries> {
  return shownOf(await findEventWithDeliveries(ports, account, id), only);
}

/** The same without deliveries. */
export async function findPayloadShown(
  ports: ReadPorts,
  account: string,
  id: string,
  only: string | undefined,
): Promise<LoggedEvent> {
  const event = await findEvent(ports, account, id);
  if (only === undefined) return event;
  const deliveries = (await allDeliveries(ports, [event])).get(id) ?? [];
  if (!deliveries.some(({ endpoint }) => endpoint === only)) throw eventNotFound();
  return event;
}

/** As `resendEvent`, to this endpoint alone. @throws {RappelError} `ENDPOINT_NOT_FOUND` if another one was requested */
export async function resendShown(
  ports: Parameters<typeof resendEvent>[0],
  account: string,
  id: string,
  { wanted, only }: { wanted: readonly string[] | undefined; only: string | undefined },
  idempotency: Omit<IdempotencyKey, "owner"> | undefined,
  since: number,
): ReturnType<typeof resendEvent> {
  if (only === undefined) return resendEvent(ports, account, id, wanted, idempotency, since);
  if (wanted?.some((endpoint) => endpoint !== only)) throw endpointNotFound();
  await findPayloadShown(ports, account, id, only);
  return shownOf(await resendEvent(ports, account, id, [only], idempotency, since), only);
}
