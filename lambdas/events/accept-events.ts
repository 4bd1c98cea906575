import type { Clock, Random } from "../ports/clock.ts";
import type { Claims, EventLog, EventQueue } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import { idFrom, idTime } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { SinceOf } from "./enforce-account-limits.ts";
import type { Event, SentEvent, Source } from "./model/event.ts";
import { type Claim, type EventIdClaim, sha256 } from "./model/idempotency.ts";

interface World {
  readonly clock: Clock;
  readonly random: Random;
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

interface Sending {
  readonly events: readonly OwnedEvent[];
  readonly idempotency: IdempotencyKey | undefined;
  /** What was claimed and named before belonged to another account of that name. */
  readonly sinceOf?: SinceOf;
}

/** Accepts what a request sent: once, where it has an Idempotency-Key. */
export async function acceptRequest(
  world: World,
  source: Source,
  { events, idempotency, sinceOf = () => 0 }: Sending,
): Promise<{ readonly events: Event[]; readonly isReplay: boolean }> {
  if (idempotency !== undefined) return acceptOnce(world, idempotency, source, events, sinceOf);
  return { events: await acceptEvents(world, source, events, sinceOf), isReplay: false };
}

/** Gives each event its id and queues them all. Whoever gets the answer may forget the events: they are ours now. */
export async function acceptEvents(
  world: World,
  source: Source,
  sent: readonly OwnedEvent[],
  sinceOf: SinceOf = () => 0,
): Promise<Event[]> {
  const { acceptedAt, seed } = newSeed(world);
  const events = sent.map((event, index) => eventOf(event, source, idFrom("evt", acceptedAt, `${seed}#${index}`)));
  return queueAll(world, await withFirstIds(world, events, sent, sinceOf), false);
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
  sinceOf: SinceOf = () => 0,
): Promise<{ readonly events: Event[]; readonly isReplay: boolean }> {
  const { clock, claims } = world;
  const now = clock.now();
  const own: Claim = { owner, key, hash, ...newSeed(world), claimedAt: now, isDone: false };
  const standing = await claims.claim(own, sinceOf(owner));
  const claim = standing ?? own;
  if (claim.hash !== hash)
    throw new RappelError(
      "IDEMPOTENCY_KEY_REUSED",
      "Another request was sent under this Idempotency-Key in the last 24 hours: use a new key for a new request",
    );
  const { acceptedAt, seed, firstIds = {} } = claim;
  const idOf = (index: number) => firstIds[index] ?? idFrom("evt", acceptedAt, `${seed}#${index}`);
  const events = sent.map((event, index) => eventOf(event, source, idOf(index)));
  if (standing?.isDone) return { events, isReplay: true };
  if (standing !== undefined) await takeUp(world, standing, now);
  try {
    const named = await withFirstIds(world, events, sent, sinceOf);
    const accepted = await queueAll(world, named, standing !== undefined);
    // Left open it would be taken up again, under the same ids: no reason to refuse what is queued.
    await claims.complete({ ...claim, ...otherIds(accepted, events) }).catch(() => undefined);
    return { events: accepted, isReplay: false };
  } catch (error) {
    // Known to have failed: whoever sends it again need not wait until it can no longer be under way.
    await claims.release(claim).catch(() => undefined);
    throw error;
  }
}

/** The ids that were answered in place of the claim's own. */
function otherIds(answered: readonly Event[], own: readonly Event[]): Pick<Claim, "firstIds"> {
  const others = answered.flatMap(({ id }, index) => (id === own[index]?.id ? [] : [[String(index), id]]));
  return others.length === 0 ? {} : { firstIds: Object.fromEntries(others) };
}

async function takeUp({ claims }: World, standing: Claim, now: number): Promise<void> {
  const waitMs = standing.claimedAt + LIMITS.requestSeconds * SECOND_MS - now;
  if (waitMs <= 0 && (await claims.takeUp(standing, now))) return;
  throw new RappelError("REQUEST_IN_PROGRESS", "The first request under this Idempotency-Key is still under way", {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / SECOND_MS)),
  });
}

function newSeed({ clock, random }: World): Pick<Claim, "acceptedAt" | "seed"> {
  return { acceptedAt: clock.now(), seed: Buffer.from(random.bytes(SEED_BYTES)).toString("base64url") };
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
  world: World,
  events: readonly Event[],
  sent: readonly OwnedEvent[],
  sinceOf: SinceOf,
): Promise<Named> {
  const ownIds = new Set(events.map(({ id }) => id));
  const first: Event[] = [];
  const again: Event[] = [];
  const answered = await waitForAll(
    events.map(async (event, index) => {
      const standing = await earlierClaim(world, event, sinceOf(event.account));
      const own = sent[index];
      if (standing === undefined || own === undefined) {
        first.push(event);
        return event;
      }
      const earlier = eventOf(own, event.source, standing.id);
      // Named twice in one request, or dispatched: nothing is left to do.
      const isTwin = ownIds.has(standing.id) && standing.id !== event.id;
      if (!isTwin && !standing.isLogged) again.push(earlier);
      return earlier;
    }),
  );
  return { answered, first, again };
}

/**
 * Gives an event that has an `eventId` its name. @returns the one that it was given before, if it was
 * @throws {RappelError} `EVENT_ID_IN_USE` where that was for another event, which may still be on its way
 */
async function earlierClaim(
  { clock, claims, log }: World,
  { account, eventId, id, type, payload }: Event,
  since: number,
): Promise<(EventIdClaim & { readonly isLogged: boolean }) | undefined> {
  if (eventId === undefined) return undefined;
  const named = { account, eventId, id, hash: sha256(type, payload) };
  const standing = await claims.claimEventId(named, clock.now(), since);
  if (standing === undefined) return undefined;
  // Logged: it was dispatched. Else it may be on its way, or its request has died between naming and queueing it.
  const isLogged = (await log.find(account, [standing.id])).has(standing.id);
  if (isLogged || standing.hash === named.hash) return { ...standing, isLogged };
  // So old, it was not queued, but in an outage of dispatch: then both are delivered, each under its own id.
  const youngSince = Math.max(since, clock.now() - LIMITS.notYetLoggedSeconds * SECOND_MS);
  if ((await claims.claimEventId(named, clock.now(), youngSince)) === undefined) return undefined;
  throw new RappelError(
    "EVENT_ID_IN_USE",
    `Another event under the eventId "${eventId}" was sent in the last ${LIMITS.notYetLoggedSeconds / 60} minutes and may still be on its way: send it again later, or this one under another eventId`,
    { retryAfterSeconds: 60 },
  );
}

/** @param isAgain whether even the new ones may have been queued before */
async function queueAll(
  { clock, queue }: World,
  { answered, first, again }: Named,
  isAgain: boolean,
): Promise<Event[]> {
  if (first.length > 0) await queue.send(first, isAgain);
  if (again.length === 0) return answered;
  // Behind the first copy's attempts: by then it is logged, if there is one, and this is not POSTed.
  const named = Math.max(...again.map(({ acceptedAt }) => acceptedAt));
  await queue.send(again, true, Math.max(0, named + LIMITS.functionSeconds * SECOND_MS - clock.now()));
  return answered;
}
