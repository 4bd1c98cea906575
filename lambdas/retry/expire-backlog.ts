import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import { watched } from "../endpoints/model/endpoint-transitions.ts";
import { idTime, lowestId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { change, hasTime, type Round } from "./retry-round.ts";

const PAGE = 50; // ours
const COUNT_MAX = 10_000; // ours: beyond, the exact number of what ends helps nobody

/**
 * Once a day: ends what its event's retention has overtaken, and announces what will end in three days. A backlog
 * that is held is looked at for nothing else, and whatever ends there must not end in silence.
 * @returns whether anything waits
 */
export async function expireBacklog(world: DeliveryPorts, round: Round): Promise<boolean> {
  const { clock, deliveries } = world;
  const { id } = round.endpoint;
  const now = clock.now();
  if (now >= round.state.expiryCheckedAt + LIMITS.expiryCheckEverySeconds * 1_000 && (await endExpired(world, round))) {
    const notice = await noticeOf(world, round, now);
    await change(world, round, watched(round.state, now, notice));
  }
  return (await deliveries.oldest(id, { limit: 1 })).length > 0;
}

/**
 * Oldest first, up to the first page that holds something else. Where its account has come to keep events for a shorter
 * time, younger ones behind that end later than they might, but not unsaid.
 * @returns whether the time lasted for all of them
 */
async function endExpired(world: DeliveryPorts, round: Round): Promise<boolean> {
  const { clock, deliveries } = world;
  while (hasTime(round, clock.now())) {
    const page = await deliveries.oldest(round.endpoint.id, { limit: PAGE });
    const expired = page.filter(({ keptUntil }) => keptUntil <= clock.now());
    if (expired.length > 0) {
      await completeDeliveries(
        world,
        expired.map((pending) => endedBy(pending, "exhausted", "expired", clock.now())),
      );
    }
    if (expired.length < page.length || page.length === 0) return true;
  }
  return false;
}

/** What will end before its notice is up and was not announced the day before; `undefined` where there is nothing. */
async function noticeOf(
  { deliveries }: DeliveryPorts,
  { endpoint, state }: Round,
  now: number,
): Promise<string | undefined> {
  const [oldest] = await deliveries.oldest(endpoint.id, { limit: 1 });
  if (oldest === undefined) return undefined;
  // Ids sort by acceptance, and an account's events are kept equally long, but for those from before that was changed:
  // what ends between two times is a range.
  const keptMs = oldest.keptUntil - idTime(oldest.eventId);
  // Whoever is told today is told three days before at least: tomorrow's watch would be late for some.
  const noticeMs = (LIMITS.expiryNoticeSeconds + LIMITS.expiryCheckEverySeconds) * 1_000;
  const acceptedBefore = (at: number) => lowestId(Math.max(0, at + noticeMs - keptMs));
  const [above, below] = [acceptedBefore(state.expiryCheckedAt), acceptedBefore(now)];
  const count = await deliveries.count(endpoint.id, { above, below, max: COUNT_MAX });
  if (count === 0) return undefined;
  const [first] = await deliveries.oldest(endpoint.id, { after: above, limit: 1 });
  const many = count >= COUNT_MAX ? `${COUNT_MAX} or more` : String(count);
  const from = first?.keptUntil ?? now;
  return `${many} pending ${count === 1 ? "delivery ends" : "deliveries end"} undelivered from ${new Date(from).toISOString()} on`;
}
