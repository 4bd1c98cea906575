import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { type EndedDelivery, isOutcomeOf, type PendingDelivery } from "../delivery/model/delivery.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import { backupsOf, canTakeOver, isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { applied } from "../endpoints/model/endpoint-transitions.ts";
import { takes } from "../endpoints/model/subscription.ts";
import { scheduleWakeUp } from "../endpoints/schedule-wake-up.ts";
import { idTime } from "../shared/ids.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { type Owner, stillWaiting, type Waiting } from "./read-backlog.ts";
import { hasTime, ownerOf, type Round } from "./retry-round.ts";

const PAGE = 250; // ours: of most that is looked at, no more is read than its backlog item
const TOGETHER = 50; // ours

/** Where something goes on waiting. */
interface Receiving {
  readonly endpoint: Pick<Endpoint, "id" | "group">;
  /** Whom it stands in for there. */
  readonly onBehalfOf?: string;
}

/** What is handed back, to whom, and until when. */
interface Returning {
  readonly owner: Owner;
  /** In whose stead it may wait there; absent: in anybody's. */
  readonly mains?: readonly string[];
  readonly isInTime: () => boolean;
  /** Whether an endpoint gets its own back. */
  readonly isBack: (state: EndpointState) => boolean;
}

/** How far it came. */
export interface MoveProgress {
  /** Whether the time lasted for all of it. */
  readonly isAll: boolean;
  /** How many were tried to be handed on. */
  readonly count: number;
}

const NOTHING: MoveProgress = { isAll: true, count: 0 };

/** Hands what waits for a suspended endpoint to its backups, as far as they are able and want it. */
export async function moveToBackups(world: DeliveryPorts, round: Round): Promise<MoveProgress> {
  const { endpoint } = round;
  const backups = backupsOf(endpoint.id, await world.endpoints.list(endpoint.account));
  if (backups.length === 0) return NOTHING;
  const states = await world.states.read(backups.map(({ id }) => id));
  const able = backups.filter(({ id }) => canTakeOver(states.get(id)));
  if (able.length === 0) return NOTHING;
  const isInTime = () => hasTime(round, world.clock.now());
  return moveAll(world, ownerOf(round), isInTime, ({ type }) => {
    const backup = able.find((one) => takes(one, { type }));
    return backup && { endpoint: backup, onBehalfOf: endpoint.id };
  });
}

/** Hands back what waits here in the stead of others. */
export async function moveBack(
  world: DeliveryPorts,
  { owner, mains, isInTime, isBack }: Returning,
): Promise<MoveProgress> {
  const all = new Map((await world.endpoints.list(owner.account)).map((endpoint) => [endpoint.id, endpoint]));
  const states = await world.states.read((mains ?? [...all.keys()]).filter((id) => all.has(id)));
  if (![...states.values()].some(isBack)) return NOTHING;
  return moveAll(world, owner, isInTime, ({ onBehalfOf = "" }) => {
    const [endpoint, state] = [all.get(onBehalfOf), states.get(onBehalfOf)];
    return endpoint !== undefined && state !== undefined && isBack(state) ? { endpoint } : undefined;
  });
}

/** Hands what waits for callbacks to the endpoints that do their work now: of each type there is one. @param types these alone */
export async function moveToSuccessors(
  world: DeliveryPorts,
  owner: Owner,
  types: readonly string[],
  isInTime: () => boolean,
): Promise<MoveProgress> {
  if (types.length === 0) return NOTHING;
  const all = await world.endpoints.list(owner.account);
  const successors = all.filter((one) => one.managedBy === "callbacks" && !isBackup(one) && one.id !== owner.endpoint);
  if (successors.length === 0) return NOTHING;
  return moveAll(world, owner, isInTime, ({ type, onBehalfOf }) => {
    if (onBehalfOf !== undefined || !types.includes(type)) return undefined;
    const successor = successors.find((one) => takes(one, { type }));
    return successor && { endpoint: successor };
  });
}

/** @param destinationOf `undefined`: it stays, and nothing more of it is read */
async function moveAll(
  world: DeliveryPorts,
  owner: Owner,
  isInTime: () => boolean,
  destinationOf: (pending: PendingDelivery) => Receiving | undefined,
): Promise<MoveProgress> {
  let count = 0;
  for (let after = ""; ; ) {
    if (!isInTime()) return { isAll: false, count };
    const page = await world.deliveries.oldest(owner.endpoint, { after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return { isAll: true, count };
    for (const some of Map.groupBy(page, (pending) => destinationOf(pending)?.endpoint.id).values()) {
      for (let from = 0; from < some.length; from += TOGETHER) {
        if (!isInTime()) return { isAll: false, count };
        count += await moveSome(world, owner, some.slice(from, from + TOGETHER), destinationOf);
      }
    }
    after = last.eventId;
  }
}

/** @returns how many go to the same place */
async function moveSome(
  world: DeliveryPorts,
  owner: Owner,
  some: readonly PendingDelivery[],
  destinationOf: (pending: PendingDelivery) => Receiving | undefined,
): Promise<number> {
  const place = some[0] && destinationOf(some[0]);
  if (place === undefined) return 0;
  const gone = await putThere(world, place, await stillWaiting(world, owner, some));
  const now = world.clock.now();
  await completeDeliveries(
    world,
    gone.map(({ pending }) => endedBy(pending, "cancelled", "moved", now)),
  );
  return some.length;
}

/**
 * Puts deliveries into another backlog, and has that looked at. Whoever crashes behind this does it again, and finds them
 * there, or ended there.
 * @returns those that need not wait where they were any more
 */
async function putThere(
  world: DeliveryPorts,
  { endpoint, onBehalfOf }: Receiving,
  some: readonly Waiting[],
): Promise<readonly Waiting[]> {
  const { clock, deliveries, log, states } = world;
  const keys = some.map(({ event }) => ({ endpoint: endpoint.id, eventId: event.id }));
  const there = new Map((await deliveries.pending(keys)).map((one) => [one.eventId, one]));
  const words = new Map((await deliveries.ended(keys)).map((one) => [one.eventId, one]));
  const put: Waiting[] = [];
  const gone = await waitForAll(
    some.map(async (waiting) => {
      const { pending, event } = waiting;
      if (event.about === endpoint.id) return []; // it is told nothing of itself
      const word = words.get(event.id);
      const present = await standing(world, there.get(event.id), word);
      // It stands in for another there, which may take that back, or is just being taken from there: then nobody would have it.
      const isAnother =
        present !== undefined && (present.onBehalfOf !== onBehalfOf || sendingOf(present) <= sendingOf(pending));
      if (isAnother) return [];
      const isFirstSending = pending.resentAt === undefined && event.delivered[endpoint.id] !== undefined;
      if (isFirstSending || isDeliveredBy(word, pending)) return [waiting];
      const resentAt = Math.max(sendingOf(pending), word === undefined ? 0 : sendingOf(word)) + 1;
      put.push(waiting);
      await log.noteResent(event.account, event.id, [endpoint.id]);
      await deliveries.park(
        handed(pending, endpoint.id, { resentAt, dueAt: clock.now(), attempts: word?.attempts ?? [] }, onBehalfOf),
      );
      return [waiting];
    }),
  );
  if (put.length === 0) return gone.flat();
  const updated = await states.update(endpoint.id, applied({ endpoint: endpoint.id, parked: put.length, failures: 0 }));
  // Deleted, and forgotten, a moment ago: what was put there would wait for nothing.
  if (updated === undefined) {
    await deliveries.unpark(
      put.map(({ event }) => ({ endpoint: endpoint.id, eventId: event.id, resentAt: Number.MAX_SAFE_INTEGER })),
    );
    return [];
  }
  await scheduleWakeUp(world, updated.state, clock.now() + (endpoint.group?.windowMs ?? 0));
  return gone.flat();
}

/**
 * Which sending of its event a delivery is: each is later than all before it in the same place. Of what is handed over it is
 * counted up from where it waited, not told by a clock: whoever hands it over again after a crash hands over the same one.
 */
function sendingOf({ resentAt, eventId }: Pick<PendingDelivery, "resentAt" | "eventId">): number {
  return resentAt ?? idTime(eventId);
}

/** Whether it was delivered there already: this very one, or the one that it was handed over from. */
function isDeliveredBy(word: EndedDelivery | undefined, pending: PendingDelivery): boolean {
  return word?.status === "delivered" && sendingOf(word) >= sendingOf(pending) - 1;
}

/** A crash can have left the backlog item of what has ended there: it would stand in the way, and be taken for what is put. */
async function standing(
  world: DeliveryPorts,
  present: PendingDelivery | undefined,
  word: EndedDelivery | undefined,
): Promise<PendingDelivery | undefined> {
  if (present === undefined || word === undefined || !isOutcomeOf(word, present)) return present;
  await completeDeliveries(world, [word]);
  return undefined;
}

function handed(
  { account, eventId, type, keptUntil }: PendingDelivery,
  endpoint: string,
  anew: Pick<PendingDelivery, "resentAt" | "dueAt" | "attempts">,
  onBehalfOf: string | undefined,
): PendingDelivery {
  return {
    endpoint,
    account,
    eventId,
    type,
    keptUntil,
    failures: 0,
    ...anew,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
  };
}
