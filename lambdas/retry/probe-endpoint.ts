import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { isGone, isLoop, requestedWaitMs } from "../delivery/model/attempt.ts";
import { delivered, endedBy, failedAgain, probed } from "../delivery/model/pending-delivery.ts";
import { noLongerQuiet } from "../endpoints/model/announcements.ts";
import { isRejected, nextTransition, type Observed, type Transition } from "../endpoints/model/endpoint-policy.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { isOperational } from "../events/model/operational-types.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { attemptPending, isOk, type Result, waitForTurn } from "./attempt-pending.ts";
import { isShort, nextDueAt } from "./model/retry-schedule.ts";
import { type PendingWithEvent, readBacklog, readNewest } from "./read-backlog.ts";
import { carryOut, change, hasTime, ownerOf, type Round, rulesOf } from "./retry-round.ts";

const NEWEST = 2; // ours: how many of the newest are searched for an untried delivery
const SKIPPED_PAGE = 50; // ours: the page size after a page with nothing to probe

/**
 * Probes a failing endpoint with two of its pending deliveries: the next one in rotation and the newest untried one, or the
 * next two if none is untried. So rejected events alone cannot keep a working endpoint failing.
 * @returns when the next probe is due, epoch ms; `undefined` if there is none, or if the endpoint is no longer failing
 */
export async function probeEndpoint(ports: DeliveryPorts, round: Round): Promise<number | undefined> {
  const { clock } = ports;
  for (;;) {
    const { notBefore = 0, probeAt = 0, earlyProbeAt = Number.POSITIVE_INFINITY } = round.state;
    if (clock.now() < notBefore) return Math.max(notBefore, probeAt);
    if (clock.now() < probeAt) return clock.now() < earlyProbeAt ? probeAt : probeEarly(ports, round, probeAt);
    if (!hasTime(round, clock.now())) return clock.now();
    const waiting = await nextInRotation(ports, round);
    if (waiting === undefined) return clock.now();
    const probes = await withNewest(ports, round, waiting);
    const last = waiting[probes === waiting ? waiting.length - 1 : 0];
    const results = await tryAll(ports, round, probes);
    if (results === undefined) return clock.now();
    const transition = transitionAfter(ports, round, "probe", results);
    await carryOut(ports, round, transition, last?.pending.eventId);
    if (transition.to === "next probe") return transition.next.probeAt;
    if (transition.to !== "events exhausted") return undefined;
    await exhaust(ports, results);
  }
}

function transitionAfter(
  ports: DeliveryPorts,
  round: Round,
  by: Observed["by"],
  results: readonly Result[],
): Transition {
  const now = ports.clock.now();
  const attempts = results.map(({ attempt }) => attempt);
  const observed = {
    by,
    hasSucceeded: results.some(isOk),
    isLoop: attempts.some(isLoop),
    isGone: attempts.some(isGone),
    isBacklogEmpty: results.length === 0,
    areRejected: results.every(({ group: [{ pending }] }) => isRejected(pending, round.state)),
    retryAfterMs: requestedWaitMs(attempts, now),
  };
  return nextTransition(round.state, observed, rulesOf(ports, round), now);
}

/** Attempts deliveries in parallel and records the results. @returns `undefined` if there was not enough time for all */
async function tryAll(
  ports: DeliveryPorts,
  round: Round,
  waiting: readonly PendingWithEvent[],
): Promise<readonly Result[] | undefined> {
  for (const _ of waiting) if (!(await waitForTurn(ports, round))) return undefined;
  const results = await waitForAll(waiting.map((each) => attemptPending(ports, round, [each])));
  if (results.some(({ group: [{ pending }] }) => !isOperational(pending.type))) await breakSilence(ports, round);
  const ok = results.filter(isOk).map(({ group: [{ pending }], attempt }) => delivered(pending, attempt));
  const now = ports.clock.now();
  const looped = results
    .filter(({ attempt }) => isLoop(attempt))
    .map(({ group: [{ pending }], attempt }) => endedBy(probed(pending, attempt), "cancelled", "loop", now));
  if (ok.length + looped.length > 0) await completeDeliveries(ports, [...ok, ...looped]);
  const failed = results.filter((result) => !isOk(result) && !isLoop(result.attempt));
  await waitForAll(failed.map((result) => recordFailed(ports, round, result)));
  return results;
}

/** A probe counts on the endpoint's schedule; on the delivery's only if that is short. */
async function recordFailed(
  ports: DeliveryPorts,
  { endpoint }: Round,
  { group: [{ pending }], attempt }: Result,
): Promise<void> {
  const schedule = stagesOf(endpoint.retrySchedule);
  if (!isShort(schedule)) return ports.deliveries.revise(probed(pending, attempt), pending);
  const now = ports.clock.now();
  const dueAt = nextDueAt(schedule, pending.failures + 1, now, requestedWaitMs([attempt], now));
  if (dueAt !== undefined) return ports.deliveries.revise(failedAgain(pending, attempt, dueAt), pending);
  await completeDeliveries(ports, [endedBy(probed(pending, attempt), "exhausted", "schedule", now)]);
}

/** The backlog has more than operational webhooks: the user must know that the endpoint is failing. */
async function breakSilence(ports: DeliveryPorts, round: Round): Promise<void> {
  const what = noLongerQuiet(round.state, ports.clock.now());
  if (what !== undefined) await change(ports, round, what);
}

/**
 * Between two scheduled probes that are far apart, attempts the newest pending delivery. Otherwise an endpoint that works
 * again would get nothing, not even new events, until the next scheduled probe. A failure does not count on any schedule.
 */
async function probeEarly(ports: DeliveryPorts, round: Round, probeAt: number): Promise<number | undefined> {
  const { clock } = ports;
  if (!hasTime(round, clock.now())) return clock.now();
  const newest = await readNewest(ports, ownerOf(round), [], 1);
  const results = await tryAll(ports, round, newest);
  if (results === undefined) return clock.now();
  const transition = transitionAfter(ports, round, "early probe", results);
  await carryOut(ports, round, transition);
  return transition.to === "next early probe" ? probeAt : undefined;
}

/**
 * The next two after the event that was probed last; after the end, the first two.
 * @returns `undefined` if there was not enough time
 */
async function nextInRotation(ports: DeliveryPorts, round: Round): Promise<readonly PendingWithEvent[] | undefined> {
  const { probedTo } = round.state;
  const following = await readUntilFound(ports, round, probedTo ?? "");
  return following?.length === 0 && probedTo !== undefined ? readUntilFound(ports, round, "") : following;
}

/** The next delivery in rotation, and the newest untried one, which says most about the endpoint. */
async function withNewest(
  ports: DeliveryPorts,
  round: Round,
  waiting: readonly PendingWithEvent[],
): Promise<readonly PendingWithEvent[]> {
  const [first, second] = waiting;
  if (first === undefined || second === undefined) return waiting;
  const newest = await readNewest(ports, ownerOf(round), [first.event.id, second.event.id], NEWEST);
  const untried = newest.find(({ pending }) => pending.attempts.length === 0);
  return untried === undefined ? waiting : [first, untried];
}

async function readUntilFound(
  ports: DeliveryPorts,
  round: Round,
  from: string,
): Promise<readonly PendingWithEvent[] | undefined> {
  for (let after = from, limit: number = LIMITS.probesAtOnce; hasTime(round, ports.clock.now()); limit = SKIPPED_PAGE) {
    const part = await readBacklog(ports, ownerOf(round), { after, limit });
    if (part.waiting.length > 0 || part.last === undefined) return part.waiting.slice(0, LIMITS.probesAtOnce);
    after = part.last;
  }
  return undefined;
}

/** Ends deliveries of rejected events: their schedule has ended. */
async function exhaust(ports: DeliveryPorts, results: readonly Result[]): Promise<void> {
  const now = ports.clock.now();
  await completeDeliveries(
    ports,
    results.map(({ group: [{ pending }], attempt }) => endedBy(probed(pending, attempt), "exhausted", "schedule", now)),
  );
}
