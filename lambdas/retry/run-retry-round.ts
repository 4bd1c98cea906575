import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { backupsOf } from "../endpoints/model/backup.ts";
import { asSeen } from "../endpoints/model/conditional-update.ts";
import { type EndpointState, isPublishingOverdue } from "../endpoints/model/endpoint-state.ts";
import { pauseEnded, returned, returnRequested } from "../endpoints/model/endpoint-transitions.ts";
import { beginRound, closeRound, leaveRound, wakeUpFor, wholeSecond } from "../endpoints/model/wake-up.ts";
import { wakeNow } from "../endpoints/schedule-wake-up.ts";
import { publishStatusEvents } from "../notifications/publish-status-events.ts";
import type { Random } from "../ports/clock.ts";
import type { Wake } from "../ports/endpoints.ts";
import { LIMITS } from "../shared/limits.ts";
import { clearBacklog } from "./cancel-backlog.ts";
import { expireBacklog } from "./expire-backlog.ts";
import { type MoveProgress, moveBack, moveToBackups } from "./move-to-backup.ts";
import { probeEndpoint } from "./probe-endpoint.ts";
import { releaseBacklog } from "./release-backlog.ts";
import { change, hasTime, ownerOf, type Round } from "./retry-round.ts";

interface World extends DeliveryPorts {
  readonly random: Random;
}

const LEASE_SLACK_MS = 10_000; // a function that is killed at its deadline is surely dead by then
const AGAIN_MAX = 3; // ours: how often a round looks again for what joined meanwhile, before it leaves that to the next
const AGAIN_MS = 30_000;
const NEXT_ROUND_MS = 1_000;
const FRUITLESS_MS = 60_000; // ours: a backlog so long that looking through it found nothing to hand on in a round's time

/**
 * Keeps a promise: looks at an endpoint's backlog, tries what is due, and promises the next look. A wake-up is a hint; the
 * state decides, so it may come late, twice or early. One round runs at a time, under a lease.
 */
export function retryRoundRunner(world: World): (wake: Wake, deadlineAt: number) => Promise<void> {
  const { clock, random, states, endpoints, timer } = world;

  return async (wake, deadlineAt) => {
    const now = clock.now();
    const id = Buffer.from(random.bytes(9)).toString("base64url");
    const begun = await states.update(wake.endpoint, beginRound(id, now, deadlineAt + LEASE_SLACK_MS));
    if (begun === undefined) return;
    const { state } = begun;
    // Refused, but by itself: the write was done, its answer was not heard, and the SDK sent it again.
    if (!begun.isDone && state.roundId !== id) {
      const isScheduled = state.wakeAt === wake.wakeAt;
      // Early, by a clock that is ahead or a queue's longest delay: the promise stands.
      if (isScheduled && wake.wakeAt > now) await timer.set(wake);
      // Due, but under a lease: its round is running, or has died. Whoever comes when the lease ends will know.
      else if (isScheduled) await timer.set({ endpoint: wake.endpoint, wakeAt: state.roundUntil ?? now });
      // Any other has been kept by somebody.
      return;
    }
    if (state.status === "deleted") return forget(world, state, deadlineAt);
    const endpoint = await endpoints.find(state.account, wake.endpoint);
    // Gone without a word: nothing can be sent for it, and its state would call for rounds for ever.
    if (endpoint === undefined) return forget(world, state, deadlineAt);
    const round: Round = {
      id,
      endpoint,
      state,
      readAt: now,
      version: state.version,
      announcementsBefore: state.announced,
      deadlineAt,
    };
    await workAndClose(world, round);
  };
}

/** Runs the rounds of a batch of wake-ups side by side. @returns for each whether it is done; one that is not comes again */
export function retryRoundsRunner(
  world: World,
): (batch: readonly { content: Wake }[], deadlineAt: number) => Promise<boolean[]> {
  const runRound = retryRoundRunner(world);
  return async (batch, deadlineAt) => {
    const settled = await Promise.allSettled(batch.map(({ content }) => runRound(content, deadlineAt)));
    return settled.map((one, i) => {
      if (one.status === "rejected") world.report.roundFailed(batch[i]?.content.endpoint ?? "", one.reason);
      return one.status === "fulfilled";
    });
  };
}

async function workAndClose(world: World, round: Round): Promise<void> {
  const { clock, states, timer } = world;
  const { id: endpoint } = round.endpoint;
  for (let again = 0; ; again++) {
    await tell(world, round);
    // As telling has seen it: this round is the one that the deletion was promised.
    if (round.state.status === "deleted") return forget(world, round.state, round.deadlineAt);
    const { parked, wakeAt: begunAt } = round.state;
    round.version = round.state.version;
    const worked = await work(world, round);
    await tell(world, round);
    // What has joined meanwhile may have a fresh look, and relied on this round to promise it.
    const hasGrown = again > 0 && round.state.status === "failing";
    const dueAt = hasGrown && worked !== undefined ? clock.now() : worked;
    const soonest = clock.now() + (again < AGAIN_MAX ? 0 : AGAIN_MS);
    const next = again < AGAIN_MAX ? dueAt : Math.min(dueAt ?? soonest, soonest);
    const at =
      round.moveMoreAt !== undefined
        ? wholeSecond(round.moveMoreAt)
        : next === undefined
          ? undefined
          : wakeUpFor(round.state, Math.max(next, clock.now() + NEXT_ROUND_MS), clock.now());
    const seen = {
      ...round.state,
      roundId: round.id,
      version: round.version,
      parked,
      ...(begunAt !== undefined && { wakeAt: begunAt }),
    };
    const closed = await states.update(endpoint, closeRound(seen, at, again === AGAIN_MAX && at !== undefined));
    if (closed?.isDone) return at === undefined ? undefined : timer.set({ endpoint, wakeAt: at });
    if (closed === undefined) return;
    if (closed.state.roundId !== round.id) {
      // The lease is lost; or this very write was done, and its answer was not heard: then the timer is still to be set.
      if (at !== undefined && closed.state.wakeAt === at) await timer.set({ endpoint, wakeAt: at });
      return;
    }
    round.state = closed.state;
    round.readAt = clock.now();
    const hasOnlyGrown = closed.state.version === seen.version && closed.state.wakeAt === seen.wakeAt;
    if (hasOnlyGrown && round.endpoint.group === undefined && again < AGAIN_MAX) continue;
    if (hasOnlyGrown && (await closeGathering(world, round, seen, dueAt))) return;
    await states.update(endpoint, leaveRound(round.id));
    if (closed.state.wakeAt !== undefined) await timer.set({ endpoint, wakeAt: closed.state.wakeAt });
    return;
  }
}

/**
 * What joins a round of groups is gathered for as long as all else: looked at again at once, it would go in groups of few.
 * @param dueAt of what waited before, if anything did
 * @returns whether the round is closed
 */
async function closeGathering(
  { clock, states, timer }: World,
  { endpoint: { id: endpoint, group } }: Round,
  seen: EndpointState,
  dueAt = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  if (group === undefined) return false;
  const now = clock.now();
  const wakeAt = wakeUpFor(seen, Math.max(Math.min(dueAt, now + group.windowMs), now + NEXT_ROUND_MS), now);
  const closed = await states.update(endpoint, closeRound(seen, wakeAt, true));
  if (closed?.isDone) await timer.set({ endpoint, wakeAt });
  return closed?.isDone ?? true;
}

/**
 * What happened to the endpoint is told before its round goes on, and before it ends. What dispatch has found out a moment
 * ago dispatch tells itself, unless it dies: then whoever comes 10 s later does.
 */
async function tell(world: World, round: Round): Promise<void> {
  const last = round.state.announce?.at(-1);
  if (last === undefined) return;
  // Operators leave it to the round that they asked for.
  const isOurs = last.number > round.announcementsBefore || last.type === "rappel.endpoint.resumed";
  if (!isOurs) {
    if (!isPublishingOverdue(round.state, world.clock.now())) return;
    // It may have been told since this round has read it.
    const state = (await world.states.read([round.endpoint.id])).get(round.endpoint.id);
    if (state?.announce === undefined) return;
    round.state = state;
  }
  await wakeRelatives(world, round);
  round.state = await publishStatusEvents(world, round.state);
  round.readAt = world.clock.now();
}

/**
 * Whoever is resumed is told of to those that stood in for it, which hand back what they have, and to those that it stands in
 * for, which may be suspended. Before that is struck out: whoever crashes in between does it again.
 */
async function wakeRelatives(world: World, { endpoint, state: { announce = [] } }: Round): Promise<void> {
  if (!announce.some(({ type }) => type === "rappel.endpoint.resumed")) return;
  const backups = backupsOf(endpoint.id, await world.endpoints.list(endpoint.account)).map(({ id }) => id);
  for (const id of endpoint.backupOf ?? []) await wakeNow(world, id);
  for (const id of backups) await wakeNow(world, id, returnRequested(world.clock.now()));
}

/** Does what the endpoint's status asks for. @returns when to look again; `undefined` when nothing waits */
async function work(world: World, round: Round): Promise<number | undefined> {
  const { clock } = world;
  const now = clock.now();
  delete round.moveMoreAt;
  await moveAllBack(world, round);
  if (round.state.status === "paused" && (round.state.notBefore ?? Number.POSITIVE_INFINITY) <= now) {
    await change(world, round, pauseEnded(round.state, now));
  }
  const isHeld = round.state.status === "paused" || round.state.status === "suspended";
  const isWatchDue = now >= round.state.expiryCheckedAt + LIMITS.expiryCheckEverySeconds * 1_000;
  const isWaiting = (isHeld || isWatchDue) && (await expireBacklog(world, round));
  if (round.state.status === "suspended") await moveAllToBackups(world, round);
  if (isHeld) return isWaiting || round.state.notBefore !== undefined ? clock.now() : undefined;
  const probed = round.state.status === "failing" ? await probeEndpoint(world, round) : undefined;
  const dueAt = round.state.status === "active" ? await releaseBacklog(world, round) : probed;
  if (round.state.status !== "suspended") return dueAt;
  await moveAllToBackups(world, round);
  // Suspended just now, for what it did not take: that is looked at once a day.
  return clock.now();
}

/**
 * Once somebody has asked for it: what it holds in the stead of endpoints that are suspended no longer is theirs. It takes
 * half of a round's time at most.
 */
async function moveAllBack(world: World, round: Round): Promise<void> {
  const { backupOf: mains } = round.endpoint;
  const { returnRequestedAt } = round.state;
  if (mains === undefined || returnRequestedAt === undefined) return;
  const now = world.clock.now();
  const until = now + (round.deadlineAt - now) / 2;
  const isInTime = () => world.clock.now() < until && hasTime(round, world.clock.now());
  const isBack = ({ status }: EndpointState) => status !== "suspended" && status !== "deleted";
  const handed = await moveBack(world, { owner: ownerOf(round), mains, isInTime, isBack });
  if (handed.isAll) await change(world, round, returned(returnRequestedAt));
  else goOn(world, round, handed);
}

async function moveAllToBackups(world: World, round: Round): Promise<void> {
  const handed = await moveToBackups(world, round);
  if (!handed.isAll) goOn(world, round, handed);
}

function goOn({ clock }: World, round: Round, { count }: MoveProgress): void {
  round.moveMoreAt = clock.now() + (count > 0 ? NEXT_ROUND_MS : FRUITLESS_MS);
}

/**
 * Cancels what a deleted endpoint's backlog holds, then forgets its state. The endpoint itself goes before that: whoever
 * asked for its deletion may have died before they came to it, and without a state nobody could ask again.
 */
async function forget(world: World, state: EndpointState, deadlineAt: number): Promise<void> {
  const { clock, endpoints, states, timer } = world;
  const { endpoint } = state;
  await endpoints.remove(state.account, endpoint);
  await publishStatusEvents(world, state);
  const isEmpty = await clearBacklog(world, state, deadlineAt - NEXT_ROUND_MS);
  if (isEmpty) await states.remove(endpoint, [asSeen("roundId", state.roundId), asSeen("parked", state.parked)]);
  // Where something has joined meanwhile, the state is still there, and the next round cancels that too.
  const wakeAt = wakeUpFor(state, clock.now() + NEXT_ROUND_MS, clock.now());
  const closed = await states.update(endpoint, closeRound(state, wakeAt, true));
  if (closed?.isDone) await timer.set({ endpoint, wakeAt });
}
