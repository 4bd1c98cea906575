import { claimRequest, completing, type IdempotencyKey, newSeed } from "../accounts/claim-request.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Claims, EventLog, EventQueue } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { eventIdFrom, idTime, type ShardCount } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { SinceOf } from "./enforce-account-limits.ts";
import type { Event, SentEvent, Source } from "./model/event.ts";
import { type Claim, type EventIdClaim, sha256 } from "./model/idempotency.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly queue: EventQueue;
  readonly claims: Claims;
  readonly log: Pick<EventLog, "find">;
  /** Among how many shards the events are spread. Absent: the least. */
  readonly shards?: ShardCount | undefined;
}

export type OwnedEvent = SentEvent & { readonly account: string };

const SECOND_MS = 1_000;

interface Sending {
  readonly events: readonly OwnedEvent[];
  readonly idempotency: IdempotencyKey | undefined;
  /** Earlier claims belong to a deleted account of the same name. */
  readonly sinceOf?: SinceOf;
}

/** Accepts the events of a request; with an Idempotency-Key, only once. */
export async function acceptRequest(
  ports: Ports,
  source: Source,
  { events, idempotency, sinceOf = () => 0 }: Sending,
): Promise<{ readonly events: Event[]; readonly isReplay: boolean }> {
  if (idempotency !== undefined) return acceptOnce(ports, idempotency, source, events, sinceOf);
  return { events: await acceptEvents(ports, source, events, sinceOf), isReplay: false };
}

/** Gives each event its id and queues them all. After the response Rappel is responsible for the events. */
export async function acceptEvents(
  ports: Ports,
  source: Source,
  sent: readonly OwnedEvent[],
  sinceOf: SinceOf = () => 0,
): Promise<Event[]> {
  const { acceptedAt, seed, shards } = newSeed(ports);
  const events = sent.map((event, index) => eventOf(event, source, eventIdFrom(acceptedAt, index, seed, shards)));
  return queueAll(ports, await withFirstIds(ports, events, sent, sinceOf), false);
}

/**
 * The same, once per key: a repeat gets the first response. The claim is written first, with the seed of the ids; then the
 * events are queued; then the claim is completed. After a crash a repeat continues an open claim with the same ids.
 * @throws {RappelError} `IDEMPOTENCY_KEY_REUSED` for a different request with the same key; `REQUEST_IN_PROGRESS` while the
 * first request is running
 */
export async function acceptOnce(
  ports: Ports,
  idempotencyKey: IdempotencyKey,
  source: Source,
  sent: readonly OwnedEvent[],
  sinceOf: SinceOf = () => 0,
): Promise<{ readonly events: Event[]; readonly isReplay: boolean }> {
  const { claim, progress } = await claimRequest(ports, idempotencyKey, sinceOf(idempotencyKey.owner));
  const { acceptedAt, seed, shards, firstIds = {} } = claim;
  const idOf = (index: number) => firstIds[index] ?? eventIdFrom(acceptedAt, index, seed, shards);
  const events = sent.map((event, index) => eventOf(event, source, idOf(index)));
  if (progress === "done") return { events, isReplay: true };
  const accepted = await completing(
    ports,
    claim,
    async () => queueAll(ports, await withFirstIds(ports, events, sent, sinceOf), progress === "again"),
    (queued) => otherIds(queued, events),
  );
  return { events: accepted, isReplay: false };
}

/** The returned ids that differ from the claim's own. */
function otherIds(answered: readonly Event[], own: readonly Event[]): Pick<Claim, "firstIds"> {
  const others = answered.flatMap(({ id }, index) => (id === own[index]?.id ? [] : [[String(index), id]]));
  return others.length === 0 ? {} : { firstIds: Object.fromEntries(others) };
}

function eventOf(sent: OwnedEvent, source: Source, id: string): Event {
  const acceptedAt = idTime(id);
  return { occurredAt: acceptedAt, ...sent, id, source, acceptedAt };
}

interface Named {
  /** All events in their order, with the ids of the response. */
  readonly answered: Event[];
  /** Events that were never queued. */
  readonly first: readonly Event[];
  /** Events that may have been queued before, with the same ids. */
  readonly again: readonly Event[];
}

/** An event whose `eventId` was accepted before gets the same id again, and is not queued twice. */
async function withFirstIds(
  ports: Ports,
  events: readonly Event[],
  sent: readonly OwnedEvent[],
  sinceOf: SinceOf,
): Promise<Named> {
  const ownIds = new Set(events.map(({ id }) => id));
  const first: Event[] = [];
  const again: Event[] = [];
  const answered = await waitForAll(
    events.map(async (event, index) => {
      const claimed = await earlierClaim(ports, event, sinceOf(event.account));
      const source = sent[index];
      if (claimed === undefined || source === undefined) {
        first.push(event);
        return event;
      }
      const earlier = eventOf(source, event.source, claimed.id);
      // Twice in one request, or already dispatched: nothing is left to do.
      const isDuplicate = ownIds.has(claimed.id) && claimed.id !== event.id;
      if (!isDuplicate && !claimed.isLogged) again.push(earlier);
      return earlier;
    }),
  );
  return { answered, first, again };
}

/**
 * Claims an event's `eventId`. @returns the earlier claim, if there is one
 * @throws {RappelError} `EVENT_ID_IN_USE` if the earlier claim is for a different event that may not be logged yet
 */
async function earlierClaim(
  { clock, claims, log }: Ports,
  { account, eventId, id, type, payload }: Event,
  since: number,
): Promise<(EventIdClaim & { readonly isLogged: boolean }) | undefined> {
  if (eventId === undefined) return undefined;
  const named = { account, eventId, id, hash: sha256(type, payload) };
  const earlier = await claims.claimEventId(named, clock.now(), since);
  if (earlier === undefined) return undefined;
  // A logged event was dispatched. Any other may still be queued, or its request crashed before it was queued.
  const isLogged = (await log.find(account, [earlier.id])).has(earlier.id);
  if (isLogged || earlier.hash === named.hash) return { ...earlier, isLogged };
  // An old one was never queued. Or dispatch had an outage: then both events are delivered, each with its own id.
  const recentSince = Math.max(since, clock.now() - LIMITS.notYetLoggedSeconds * SECOND_MS);
  if ((await claims.claimEventId(named, clock.now(), recentSince)) === undefined) return undefined;
  throw new RappelError(
    "EVENT_ID_IN_USE",
    `A different event with the eventId "${eventId}" was sent in the last ${LIMITS.notYetLoggedSeconds / 60} minutes and is not in the log yet: send this event again later, or with another eventId`,
    { retryAfterSeconds: 60 },
  );
}

/** @param isAgain whether even the new events may have been queued before */
async function queueAll(
  { clock, queue }: Ports,
  { answered, first, again }: Named,
  isAgain: boolean,
): Promise<Event[]> {
  if (first.length > 0) await queue.send(first, isAgain);
  if (again.length === 0) return answered;
  // Delayed until after the first copy's attempts: if there is one, it is logged by then, and this copy is not sent.
  const latestAt = Math.max(...again.map(({ acceptedAt }) => acceptedAt));
  await queue.send(again, true, Math.max(0, latestAt + LIMITS.functionSeconds * SECOND_MS - clock.now()));
  return answered;
}
