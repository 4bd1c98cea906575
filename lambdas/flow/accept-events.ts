import { RappelError } from "../core/errors.ts";
import type { Event, SentEvent, Source } from "../core/event.ts";
import { type Claim, sha256 } from "../core/idempotency.ts";
import { idFrom, idTime } from "../core/ids.ts";
import { LIMITS } from "../core/limits.ts";
import type { Claims, Clock, Dice, EventLog, EventQueue } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly queue: EventQueue;
  readonly claims: Claims;
  readonly log: Pick<EventLog, "find">;
}

export type OwnedEvent = SentEvent & { readonly account: string };

/** What makes two requests the same one. */
export interface IdempotencyKey {
  readonly owner: string;
  readonly key: string;
  /** Of what is asked: the route and the body's bytes. */
  readonly hash: string;
}

const SEED_BYTES = 16;
const SECOND_MS = 1_000;

/** Accepts what a request sent: once, where it has an Idempotency-Key. */
export async function acceptRequest(
  world: World,
  source: Source,
  { events, idempotency }: { events: readonly OwnedEvent[]; idempotency: IdempotencyKey | undefined },
): Promise<{ readonly events: Event[]; readonly isReplay: boolean }> {
  if (idempotency !== undefined) return acceptOnce(world, idempotency, source, events);
  return { events: await acceptEvents(world, source, events), isReplay: false };
}

/** Gives each event its id and queues them all. Whoever gets the answer may forget the events: they are ours now. */
export async function acceptEvents(world: World, source: Source, sent: readonly OwnedEvent[]): Promise<Event[]> {
  const { acceptedAt, seed } = newSeed(world);
  const events = sent.map((event, index) => eventOf(event, source, idFrom("evt", acceptedAt, `${seed}#${index}`)));
  return queueAll(world, await withFirstIds(world, events, sent), false);
}

/**
 * The same, once for each key: a repeat is answered as the first was. Claimed first, with what decides the ids; then
 * queued; then completed. A claim that a crash has left open is taken up with the same ids.
 * @throws {RappelError} `IDEMPOTENCY_KEY_REUSED` for another request under the same key; `REQUEST_IN_PROGRESS` while the
 * first is under way
 */
export async function acceptOnce(
  world: World,
  { owner, key, hash }: IdempotencyKey,
  source: Source,
  sent: readonly OwnedEvent[],
): Promise<{ readonly events: Event[]; readonly isReplay: boolean }> {
  const { clock, claims } = world;
  const now = clock.now();
  const own: Claim = { owner, key, hash, ...newSeed(world), claimedAt: now, isDone: false };
  const standing = await claims.claim(own);
  const claim = standing ?? own;
  if (claim.hash !== hash)
    throw new RappelError(
      "IDEMPOTENCY_KEY_REUSED",
      "Another request was sent under this Idempotency-Key in the last 24 hours: use a new key for a new request",
    );
  const { acceptedAt, seed } = claim;
  const events = sent.map((event, index) => eventOf(event, source, idFrom("evt", acceptedAt, `${seed}#${index}`)));
  if (standing !== undefined && !standing.isDone) await takeUp(world, standing, now);
  const named = await withFirstIds(world, events, sent);
  if (standing?.isDone) return { events: named.answered, isReplay: true };
  const accepted = await queueAll(world, named, standing !== undefined);
  // Left open it would be taken up again, under the same ids: no reason to refuse what is queued.
  await claims.complete(claim).catch(() => undefined);
  return { events: accepted, isReplay: false };
}

async function takeUp({ claims }: World, standing: Claim, now: number): Promise<void> {
  const waitMs = standing.claimedAt + LIMITS.requestSeconds * SECOND_MS - now;
  if (waitMs <= 0 && (await claims.takeUp(standing, now))) return;
  throw new RappelError("REQUEST_IN_PROGRESS", "The first request under this Idempotency-Key is still under way", {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / SECOND_MS)),
  });
}

function newSeed({ clock, dice }: World): Pick<Claim, "acceptedAt" | "seed"> {
  return { acceptedAt: clock.now(), seed: Buffer.from(dice.bytes(SEED_BYTES)).toString("base64url") };
}

function eventOf(sent: OwnedEvent, source: Source, id: string): Event {
  const acceptedAt = idTime(id);
  return { occurredAt: acceptedAt, ...sent, id, source, acceptedAt };
}

interface Named {
  /** All of them, in their order, under the ids that they are answered with. */
  readonly answered: Event[];
  /** Those that were never queued. */
  readonly first: readonly Event[];
  /** Those that may have been, under the same ids. */
  readonly again: readonly Event[];
}

/** An event whose producer's id was accepted before gets the id that it was given then, and is not queued a second time. */
async function withFirstIds(
  { clock, claims, log }: World,
  events: readonly Event[],
  sent: readonly OwnedEvent[],
): Promise<Named> {
  const ownIds = new Set(events.map(({ id }) => id));
  const first: Event[] = [];
  const again: Event[] = [];
  const answered = await Promise.all(
    events.map(async (event, index) => {
      const { account, eventId, id, type, payload, source } = event;
      const hash = eventId === undefined ? "" : sha256(type, payload);
      const standing =
        eventId === undefined ? undefined : await claims.nameEvent({ account, eventId, id, hash }, clock.now());
      const own = sent[index];
      if (standing === undefined || own === undefined) {
        first.push(event);
        return event;
      }
      const earlier = eventOf(own, source, standing.id);
      if (ownIds.has(standing.id) && standing.id !== id) return earlier; // named twice in one request
      // Logged: it was dispatched. Else it may be on its way, or its request has died between naming and queueing it.
      const isLogged = (await log.find(account, [standing.id])).has(standing.id);
      if (!isLogged && standing.hash !== hash)
        throw new RappelError(
          "EVENT_ID_IN_USE",
          "Another event under one of these eventIds was sent a moment ago and is still on its way: send it again later",
          { retryAfterSeconds: 5 },
        );
      if (!isLogged) again.push(earlier);
      return earlier;
    }),
  );
  return { answered, first, again };
}

/** @param isAgain whether even the new ones may have been queued before */
async function queueAll({ queue }: World, { answered, first, again }: Named, isAgain: boolean): Promise<Event[]> {
  if (first.length > 0) await queue.send(first, isAgain);
  if (again.length > 0) await queue.send(again, true);
  return answered;
}
