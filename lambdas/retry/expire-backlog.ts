import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import { expiryChecked } from "../endpoints/model/announcements.ts";
import { idTime, lowestId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { change, hasTime, type Round } from "./retry-round.ts";

const PAGE = 50; // ours

/**
 * The daily expiry check: ends deliveries whose event's retention has ended, and announces those that will expire in three
 * days. For a paused or suspended endpoint it is the only round, and nothing may expire there unannounced.
 * @returns whether the backlog has deliveries
 */
export async function expireBacklog(ports: DeliveryPorts, round: Round): Promise<boolean> {
  const { clock, deliveries } = ports;
  const { id } = round.endpoint;
  const now = clock.now();
  if (now >= round.state.expiryCheckedAt + LIMITS.expiryCheckEverySeconds * 1_000 && (await endExpired(ports, round))) {
    const notice = await noticeOf(ports, round, now);
    await change(ports, round, expiryChecked(round.state, now, notice));
  }
  return (await deliveries.oldest(id, { limit: 1 })).length > 0;
}

/**
 * Oldest first, up to the first page with a delivery that has not expired. After the account's retention was shortened,
 * newer deliveries can expire before older ones; those end later, but announced.
 * @returns whether there was enough time for all of them
 */
async function endExpired(ports: DeliveryPorts, round: Round): Promise<boolean> {
  const { clock, deliveries } = ports;
  while (hasTime(round, clock.now())) {
    const page = await deliveries.oldest(round.endpoint.id, { limit: PAGE });
    const expired = page.filter(({ keptUntil }) => keptUntil <= clock.now());
    if (expired.length > 0) {
      await completeDeliveries(
        ports,
        expired.map((pending) => endedBy(pending, "exhausted", "expired", clock.now())),
      );
    }
    if (expired.length < page.length || page.length === 0) return true;
  }
  return false;
}

/** The announcement of deliveries that expire soon and were not announced before; `undefined` if there are none. */
async function noticeOf(
  { deliveries }: DeliveryPorts,
  { endpoint, state }: Round,
  now: number,
): Promise<string | undefined> {
  const [oldest] = await deliveries.oldest(endpoint.id, { limit: 1 });
  if (oldest === undefined) return undefined;
  // Ids sort by acceptance, and an account keeps its events equally long, unless its retention was changed. So the
  // deliveries that expire between two times are a range of ids.
  const keptMs = oldest.keptUntil - idTime(oldest.eventId);
  // At least three days of notice: for some of them tomorrow's check would be too late.
  const noticeMs = (LIMITS.expiryNoticeSeconds + LIMITS.expiryCheckEverySeconds) * 1_000;
  const acceptedBefore = (at: number) => lowestId(Math.max(0, at + noticeMs - keptMs));
  const [above, below] = [acceptedBefore(state.expiryCheckedAt), acceptedBefore(now)];
  const count = await deliveries.count(endpoint.id, { above, below, max: LIMITS.expiringCountMax });
  if (count === 0) return undefined;
  const [first] = await deliveries.oldest(endpoint.id, { after: above, limit: 1 });
  const many = count >= LIMITS.expiringCountMax ? `${LIMITS.expiringCountMax} or more` : String(count);
  const from = first?.keptUntil ?? now;
  return `${many} pending ${count === 1 ? "delivery expires" : "deliveries expire"} from ${new Date(from).toISOString()} on`;
}
