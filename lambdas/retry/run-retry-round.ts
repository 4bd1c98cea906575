import { summaryDueAt } from "../endpoints/model/announcements.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { pauseEnded, returnCompleted } from "../endpoints/model/endpoint-state-changes.ts";
import { beginRound, closeRound, leaveRound, wakeUpFor, wholeSecond } from "../endpoints/model/wake-up.ts";
import type { Random } from "../ports/clock.ts";
import type { Wake } from "../ports/endpoints.ts";
import { LIMITS } from "../shared/limits.ts";
import { type DeletionPorts, endDeleted } from "./end-deleted.ts";
import { expireBacklog } from "./expire-backlog.ts";
import { type MoveProgress, moveBack, moveToBackups } from "./move-to-backup.ts";
import { probeEndpoint } from "./probe-endpoint.ts";
import { publishChanges } from "./publish-changes.ts";
import { releaseBacklog } from "./release-backlog.ts";
import { change, hasTime, NEXT_ROUND_MS, ownerOf, type Round } from "./retry-round.ts";

interface Ports extends DeletionPorts {
  readonly random: Random;
}

const PASSES_MAX = 3; // ours: passes over a backlog that grows during the round; the next round takes the rest
const BUSY_BACKLOG_MS = 30_000; // ours: until the next round of a backlog that kept growing
const NOTHING_MOVED_MS = 60_000; // ours: until the next round, if reading a long backlog took a whole round and moved nothing

/**
 * Runs an endpoint's retry round: delivers what is due of its backlog, and schedules the next round. A wake-up is only a
 * hint and may come late, twice or early: the state decides. One round runs at a time, under a lease.
 */
export function retryRoundRunner(ports: Ports): (wake: Wake, deadlineAt: number) => Promise<void> {
  const { clock, random, states, endpoints, timer } = ports;

  return async (wake, deadlineAt) => {
    const now = clock.now();
    const id = Buffer.from(random.bytes(9)).toString("base64url");
    const begun = await states.update(wake.endpoint, beginRound(id, now, deadlineAt + LIMITS.leaseSlackMs));
    if (begun === undefined) return;
    const { state } = begun;
    // Or the first write succeeded without a response, and the SDK's retry was refused.
    if (!begun.isDone && state.roundId !== id) {
      const isScheduled = state.wakeAt === wake.wakeAt;
      // Early, because a clock is ahead or a queue's longest delay is short: set the timer again.
      if (isScheduled && wake.wakeAt > now) await timer.set(wake);
      // Due, but leased: a round is running or has crashed. Try again when the lease ends.
      else if (isScheduled) await timer.set({ endpoint: wake.endpoint, wakeAt: state.roundUntil ?? now });
      // Any other wake-up was handled by another function.
      return;
    }
    if (state.status === "deleted") return endDeleted(ports, state, deadlineAt);
    const endpoint = await endpoints.find(state.account, wake.endpoint);
    // The configuration is missing: nothing can be sent, and the state would cause rounds forever.
    if (endpoint === undefined) return endDeleted(ports, state, deadlineAt);
    const round: Round = {
      id,
      endpoint,
      state,
      readAt: now,
      version: state.version,
      announcementsBefore: state.announced,
      deadlineAt,
    };
    await workAndClose(ports, round);
  };
}

/** Runs the rounds of a batch of wake-ups in parallel. @returns for each whether it is done; the others are received again */
export function retryRoundsRunner(
  ports: Ports,
): (batch: readonly { content: Wake }[], deadlineAt: number) => Promise<boolean[]> {
  const runRound = retryRoundRunner(ports);
  return async (batch, deadlineAt) => {
    const settled = await Promise.allSettled(batch.map(({ content }) => runRound(content, deadlineAt)));
    return settled.map((result, i) => {
      if (result.status === "rejected") ports.report.roundFailed(batch[i]?.content.endpoint ?? "", result.reason);
      return result.status === "fulfilled";
    });
  };
}

async function workAndClose(ports: Ports, round: Round): Promise<void> {
  const { clock, states, timer } = ports;
  const { id: endpoint } = round.endpoint;
  for (let pass = 0; ; pass++) {
    await publishChanges(ports, round);
    // Publishing has read the state again: this is the round that the deletion has scheduled.
    if (round.state.status === "deleted") return endDeleted(ports, round.state, round.deadlineAt);
    const { parked, wakeAt: begunAt } = round.state;
    round.version = round.state.version;
    const worked = await work(ports, round);
    await publishChanges(ports, round);
    // Deliveries that joined since may need an early probe, and this round must schedule it.
    const hasGrown = pass > 0 && round.state.status === "failing";
    const dueAt = hasGrown && worked !== undefined ? clock.now() : worked;
    const soonest = clock.now() + (pass < PASSES_MAX ? 0 : BUSY_BACKLOG_MS);
    const next = pass < PASSES_MAX ? dueAt : Math.min(dueAt ?? soonest, soonest);
    const at = nextRoundAt(round, next, clock.now());
    const seen = {
      ...round.state,
      roundId: round.id,
      version: round.version,
      parked,
      ...(begunAt !== undefined && { wakeAt: begunAt }),
    };
    const closed = await states.update(endpoint, closeRound(seen, at, pass === PASSES_MAX && at !== undefined));
    if (closed?.isDone) return at === undefined ? undefined : timer.set({ endpoint, wakeAt: at });
    if (closed === undefined) return;
    if (closed.state.roundId !== round.id) {
      // The lease is lost, or this write succeeded without a response: then the timer must still be set.
      if (at !== undefined && closed.state.wakeAt === at) await timer.set({ endpoint, wakeAt: at });
      return;
    }
    round.state = closed.state;
    round.readAt = clock.now();
    const hasOnlyGrown = closed.state.version === seen.version && closed.state.wakeAt === seen.wakeAt;
    if (hasOnlyGrown && round.endpoint.group === undefined && pass < PASSES_MAX) continue;
    if (hasOnlyGrown && (await closeGathering(ports, round, seen, dueAt))) return;
    await states.update(endpoint, leaveRound(round.id));
    if (closed.state.wakeAt !== undefined) await timer.set({ endpoint, wakeAt: closed.state.wakeAt });
    return;
  }
}

/** @param dueAt when the next pending delivery is due, if there is one */
function nextRoundAt({ state, moveMoreAt }: Round, dueAt: number | undefined, now: number): number | undefined {
  if (moveMoreAt !== undefined) return wholeSecond(moveMoreAt);
  if (dueAt !== undefined) return wakeUpFor(state, Math.max(dueAt, now + NEXT_ROUND_MS), now);
  const summaryAt = summaryDueAt(state);
  return summaryAt === Number.POSITIVE_INFINITY ? undefined : wholeSecond(Math.max(summaryAt, now + NEXT_ROUND_MS));
}

/**
 * Ends a round of an endpoint that groups events. Events that joined during the round wait for their whole window: another
 * pass right now would send them in small groups.
 * @param dueAt when the earlier deliveries are due, if there are any
 * @returns whether the round has ended
 */
async function closeGathering(
  { clock, states, timer }: Ports,
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

/** Does the work for the endpoint's status. @returns when the next round is due; `undefined` if nothing is pending */
async function work(ports: Ports, round: Round): Promise<number | undefined> {
  const { clock } = ports;
  const now = clock.now();
  delete round.moveMoreAt;
  await moveAllBack(ports, round);
  if (round.state.status === "paused" && (round.state.notBefore ?? Number.POSITIVE_INFINITY) <= now) {
    await change(ports, round, pauseEnded(round.state, now));
  }
  const isHeld = round.state.status === "paused" || round.state.status === "suspended";
  const isCheckDue = now >= round.state.expiryCheckedAt + LIMITS.expiryCheckEverySeconds * 1_000;
  const hasBacklog = (isHeld || isCheckDue) && (await expireBacklog(ports, round));
  if (round.state.status === "suspended") await moveAllToBackups(ports, round);
  if (isHeld) return hasBacklog || round.state.notBefore !== undefined ? clock.now() : undefined;
  const probed = round.state.status === "failing" ? await probeEndpoint(ports, round) : undefined;
  const dueAt = round.state.status === "active" ? await releaseBacklog(ports, round) : probed;
  if (round.state.status !== "suspended") return dueAt;
  await moveAllToBackups(ports, round);
  // Just suspended: what was not moved is checked once a day.
  return clock.now();
}

/**
 * Moves deliveries back to the endpoints that are no longer suspended, once that was requested. Takes at most half of a
 * round's time.
 */
async function moveAllBack(ports: Ports, round: Round): Promise<void> {
  const { backupOf: mains } = round.endpoint;
  const { returnRequestedAt } = round.state;
  if (mains === undefined || returnRequestedAt === undefined) return;
  const now = ports.clock.now();
  const until = now + (round.deadlineAt - now) / 2;
  const isInTime = () => ports.clock.now() < until && hasTime(round, ports.clock.now());
  const hasReturned = ({ status }: EndpointState) => status !== "suspended" && status !== "deleted";
  const progress = await moveBack(ports, { owner: ownerOf(round), mains, isInTime, hasReturned });
  if (progress.isAll) await change(ports, round, returnCompleted(returnRequestedAt));
  else continueLater(ports, round, progress);
}

async function moveAllToBackups(ports: Ports, round: Round): Promise<void> {
  const progress = await moveToBackups(ports, round);
  if (!progress.isAll) continueLater(ports, round, progress);
}

function continueLater({ clock }: Ports, round: Round, { count }: MoveProgress): void {
  round.moveMoreAt = clock.now() + (count > 0 ? NEXT_ROUND_MS : NOTHING_MOVED_MS);
}
