import { claimRequest, completing, type IdempotencyKey, RELEASED } from "../accounts/claim-request.ts";
import type { LoggedEvent } from "../delivery/model/delivery.ts";
import { isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { isSubscribedTo } from "../endpoints/model/subscription.ts";
import type { Random } from "../ports/clock.ts";
import type { Claims, EventQueue } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { type EventWithDeliveries, findEvent, type ReadPorts, withDeliveries } from "./read-events.ts";

interface Ports extends ReadPorts {
  readonly random: Random;
  readonly claims: Claims;
  readonly queue: EventQueue;
}

/**
 * Requests that an event be sent again with the same id, whatever its deliveries' status. The request goes through the
 * queue, like events: after the response it cannot be lost.
 * @param wanted ids of endpoints, subscribed to its type or not; by default, all endpoints that subscribe to it
 * @param idempotency a repeat with the same key within 24 hours resends nothing
 * @param since keys used before belong to a deleted account of the same name, epoch ms
 * @returns the event as it is now; what is pending behind its deliveries is not counted
 * @throws {RappelError} `EVENT_NOT_FOUND`, `EVENT_NOT_YET_LOGGED`, `ENDPOINT_NOT_FOUND`
 */
export async function resendEvent(
  ports: Ports,
  account: string,
  id: string,
  wanted?: readonly string[],
  idempotency?: Omit<IdempotencyKey, "owner">,
  since = 0,
): Promise<EventWithDeliveries & { readonly isReplay: boolean }> {
  const { clock, endpoints, queue } = ports;
  const [event, all] = await Promise.all([findEvent(ports, account, id), endpoints.list(account)]);
  const to = destinationsOf(all, event, wanted);
  const resend = async (at: number) => {
    if (to.length > 0) await queue.resend({ account, eventId: id, to, at });
  };
  const claimed = idempotency && (await claimRequest(ports, { owner: account, ...idempotency }, since));
  if (claimed === undefined) await resend(clock.now());
  else if (claimed.progress !== "done") {
    // After a crash, the time of the first request: applied again, it changes nothing. After an error, nothing was requested.
    const { acceptedAt, claimedAt } = claimed.claim;
    await completing(ports, claimed.claim, () => resend(claimedAt === RELEASED ? clock.now() : acceptedAt));
  }
  return { ...(await withDeliveries(ports, event, all)), isReplay: claimed?.progress === "done" };
}

function destinationsOf(all: readonly Endpoint[], event: LoggedEvent, wanted?: readonly string[]): string[] {
  if (wanted === undefined)
    return all.filter((endpoint) => !isBackup(endpoint) && isSubscribedTo(endpoint, event)).map(({ id }) => id);
  for (const id of wanted) {
    if (!all.some((endpoint) => endpoint.id === id))
      throw new RappelError("ENDPOINT_NOT_FOUND", `The account has no endpoint ${id}: the event was not resent`);
  }
  return [...new Set(wanted)];
}
