import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { type EndedDelivery, isOutcomeOf, type PendingDelivery } from "../delivery/model/delivery.ts";
import { endedBy } from "../delivery/model/pending-delivery.ts";
import { backupsOf, canTakeOver, isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { applied } from "../endpoints/model/endpoint-state-changes.ts";
import { isSubscribedTo } from "../endpoints/model/subscription.ts";
import { scheduleWakeUp } from "../endpoints/schedule-wake-up.ts";
import { idTime } from "../shared/ids.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { type Owner, type PendingWithEvent, stillPending } from "./read-backlog.ts";
import { hasTime, ownerOf, type Round } from "./retry-round.ts";

const PAGE = 250; // ours: for most deliveries only the backlog item is read
const MOVED_AT_ONCE = 50; // ours

/** The endpoint that deliveries move to. */
interface Destination {
  readonly endpoint: Pick<Endpoint, "id" | "group">;
  /** The suspended endpoint on whose behalf they are sent there. */
  readonly onBehalfOf?: string;
}

/** Which deliveries are moved back, to which endpoints, and until when. */
interface MoveBack {
  readonly owner: Owner;
  /** Only deliveries on behalf of these endpoints; absent: all. */
  readonly mains?: readonly string[];
  readonly isInTime: () => boolean;
  /** Whether an endpoint gets its deliveries back. */
  readonly hasReturned: (state: EndpointState) => boolean;
}

/** How far a move came. */
export interface MoveProgress {
  /** Whether there was enough time for all deliveries. */
  readonly isAll: boolean;
  /** How many deliveries it tried to move. */
  readonly count: number;
}

const NOTHING: MoveProgress = { isAll: true, count: 0 };

/** Moves the backlog of a suspended endpoint to those of its backups that can take over and subscribe to the events. */
export async function moveToBackups(ports: DeliveryPorts, round: Round): Promise<MoveProgress> {
  const { endpoint } = round;
  const backups = backupsOf(endpoint.id, await ports.endpoints.list(endpoint.account));
  if (backups.length === 0) return NOTHING;
  const states = await ports.states.read(backups.map(({ id }) => id));
  const available = backups.filter(({ id }) => canTakeOver(states.get(id)));
  if (available.length === 0) return NOTHING;
  const isInTime = () => hasTime(round, ports.clock.now());
  return moveAll(ports, ownerOf(round), isInTime, ({ type }) => {
    const backup = available.find((candidate) => isSubscribedTo(candidate, { type }));
    return backup && { endpoint: backup, onBehalfOf: endpoint.id };
  });
}

/** Moves deliveries that are held on behalf of other endpoints back to them. */
export async function moveBack(
  ports: DeliveryPorts,
  { owner, mains, isInTime, hasReturned }: MoveBack,
): Promise<MoveProgress> {
  const all = new Map((await ports.endpoints.list(owner.account)).map((endpoint) => [endpoint.id, endpoint]));
  const states = await ports.states.read((mains ?? [...all.keys()]).filter((id) => all.has(id)));
  if (![...states.values()].some(hasReturned)) return NOTHING;
  return moveAll(ports, owner, isInTime, ({ onBehalfOf = "" }) => {
    const [endpoint, state] = [all.get(onBehalfOf), states.get(onBehalfOf)];
    return endpoint !== undefined && state !== undefined && hasReturned(state) ? { endpoint } : undefined;
  });
}

/** Moves deliveries of Mailjet callbacks to the callbacks' new endpoints, of which each type has one. @param types only these */
export async function moveToSuccessors(
  ports: DeliveryPorts,
  owner: Owner,
  types: readonly string[],
  isInTime: () => boolean,
): Promise<MoveProgress> {
  if (types.length === 0) return NOTHING;
  const all = await ports.endpoints.list(owner.account);
  const successors = all.filter(
    (endpoint) => endpoint.managedBy === "callbacks" && !isBackup(endpoint) && endpoint.id !== owner.endpoint,
  );
  if (successors.length === 0) return NOTHING;
  return moveAll(ports, owner, isInTime, ({ type, onBehalfOf }) => {
    if (onBehalfOf !== undefined || !types.includes(type)) return undefined;
    const successor = successors.find((candidate) => isSubscribedTo(candidate, { type }));
    return successor && { endpoint: successor };
  });
}

/** @param destinationOf returns `undefined` for a delivery that stays; only its backlog item is read */
async function moveAll(
  ports: DeliveryPorts,
  owner: Owner,
  isInTime: () => boolean,
  destinationOf: (pending: PendingDelivery) => Destination | undefined,
): Promise<MoveProgress> {
  let count = 0;
  for (let after = ""; ; ) {
    if (!isInTime()) return { isAll: false, count };
    const page = await ports.deliveries.oldest(owner.endpoint, { after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return { isAll: true, count };
    for (const batch of Map.groupBy(page, (pending) => destinationOf(pending)?.endpoint.id).values()) {
      for (let from = 0; from < batch.length; from += MOVED_AT_ONCE) {
        if (!isInTime()) return { isAll: false, count };
        count += await moveSome(ports, owner, batch.slice(from, from + MOVED_AT_ONCE), destinationOf);
      }
    }
    after = last.eventId;
  }
}

/** Moves deliveries that have the same destination. @returns how many */
async function moveSome(
  ports: DeliveryPorts,
  owner: Owner,
  batch: readonly PendingDelivery[],
  destinationOf: (pending: PendingDelivery) => Destination | undefined,
): Promise<number> {
  const destination = batch[0] && destinationOf(batch[0]);
  if (destination === undefined) return 0;
  const moved = await addToDestination(ports, destination, await stillPending(ports, owner, batch));
  const now = ports.clock.now();
  await completeDeliveries(
    ports,
    moved.map(({ pending }) => endedBy(pending, "cancelled", "moved", now)),
  );
  return batch.length;
}

/**
 * Adds deliveries to another backlog and schedules its round. After a crash it is repeated, and finds them pending or
 * ended there.
 * @returns the deliveries that can be removed from their old backlog
 */
async function addToDestination(
  ports: DeliveryPorts,
  { endpoint, onBehalfOf }: Destination,
  batch: readonly PendingWithEvent[],
): Promise<readonly PendingWithEvent[]> {
  const { clock, deliveries, log, states } = ports;
  const keys = batch.map(({ event }) => ({ endpoint: endpoint.id, eventId: event.id }));
  const pendingThere = new Map((await deliveries.pending(keys)).map((found) => [found.eventId, found]));
  const endedThere = new Map((await deliveries.ended(keys)).map((found) => [found.eventId, found]));
  const added: PendingWithEvent[] = [];
  const moved = await waitForAll(
    batch.map(async (waiting) => {
      const { pending, event } = waiting;
      if (event.about === endpoint.id) return []; // an endpoint gets no events about itself
      const ended = endedThere.get(event.id);
      const present = await presentAfterCrash(ports, pendingThere.get(event.id), ended);
      // Pending there on behalf of another endpoint, or being moved away right now: removing it here could lose it.
      const isOtherSending =
        present !== undefined && (present.onBehalfOf !== onBehalfOf || sendingOf(present) <= sendingOf(pending));
      if (isOtherSending) return [];
      const isFirstSending = pending.resentAt === undefined && event.delivered[endpoint.id] !== undefined;
      if (isFirstSending || isDeliveredBy(ended, pending)) return [waiting];
      const resentAt = Math.max(sendingOf(pending), ended === undefined ? 0 : sendingOf(ended)) + 1;
      added.push(waiting);
      await log.noteResent(event.account, event.id, [endpoint.id]);
      await deliveries.addToBacklog(
        movedDelivery(
          pending,
          endpoint.id,
          { resentAt, dueAt: clock.now(), attempts: ended?.attempts ?? [] },
          onBehalfOf,
        ),
      );
      return [waiting];
    }),
  );
  if (added.length === 0) return moved.flat();
  const updated = await states.update(
    endpoint.id,
    applied({ endpoint: endpoint.id, parked: added.length, failures: 0 }),
  );
  // Deleted a moment ago, and its state removed: no round would send or cancel the deliveries.
  if (updated === undefined) {
    await deliveries.removeFromBacklog(
      added.map(({ event }) => ({ endpoint: endpoint.id, eventId: event.id, resentAt: Number.MAX_SAFE_INTEGER })),
    );
    return [];
  }
  await scheduleWakeUp(ports, updated.state, clock.now() + (endpoint.group?.windowMs ?? 0));
  return moved.flat();
}

/**
 * Which sending of its event a delivery is: each sending to an endpoint has a higher number than those before. A move adds
 * one to the old number instead of using the clock, so that a move that is repeated after a crash is the same sending.
 */
function sendingOf({ resentAt, eventId }: Pick<PendingDelivery, "resentAt" | "eventId">): number {
  return resentAt ?? idTime(eventId);
}

/** Whether it was already delivered there: this sending, or the one that it was moved from. */
function isDeliveredBy(ended: EndedDelivery | undefined, pending: PendingDelivery): boolean {
  return ended?.status === "delivered" && sendingOf(ended) >= sendingOf(pending) - 1;
}

/** After a crash an ended delivery can still have a backlog item, which would be mistaken for the moved one. */
async function presentAfterCrash(
  ports: DeliveryPorts,
  present: PendingDelivery | undefined,
  ended: EndedDelivery | undefined,
): Promise<PendingDelivery | undefined> {
  if (present === undefined || ended === undefined || !isOutcomeOf(ended, present)) return present;
  await completeDeliveries(ports, [ended]);
  return undefined;
}

function movedDelivery(
  { account, eventId, type, keptUntil }: PendingDelivery,
  endpoint: string,
  changed: Pick<PendingDelivery, "resentAt" | "dueAt" | "attempts">,
  onBehalfOf: string | undefined,
): PendingDelivery {
  return {
    endpoint,
    account,
    eventId,
    type,
    keptUntil,
    failures: 0,
    ...changed,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
  };
}
