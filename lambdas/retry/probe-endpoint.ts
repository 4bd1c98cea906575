import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { isGone, requestedWaitMs } from "../delivery/model/attempt.ts";
import { delivered, endedBy, probed } from "../delivery/model/pending-delivery.ts";
import { isRejected, nextTransition, type Observed, type Transition } from "../endpoints/model/endpoint-policy.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { attemptPending, isOk, type Result, waitForTurn } from "./attempt-pending.ts";
import { readBacklog, readNewest, type Waiting } from "./read-backlog.ts";
import { carryOut, hasTime, ownerOf, type Round, rulesOf } from "./retry-round.ts";

const PROBES = 2;
const NEWEST = 2; // ours: among so many the newest that was not tried is looked for
const SKIPPED_PAGE = 50; // ours: where two held nothing to try, many may

/**
 * Probes a failing endpoint with two of its pending deliveries: the next one in rotation, and the newest that was not tried
 * yet, or the next two where there is none. So rejected events alone cannot keep a working endpoint failing.
 * @returns when the next probe is due, epoch ms; `undefined` when there is none, or the endpoint is not failing any more
 */
export async function probeEndpoint(ports: DeliveryPorts, round: Round): Promise<number | undefined> {
  const { clock } = ports;
  for (;;) {
    const { notBefore = 0, probeAt = 0, earlyProbeAt = Number.POSITIVE_INFINITY } = round.state;
    if (clock.now() < notBefore) return Math.max(notBefore, probeAt);
    if (clock.now() < probeAt) return clock.now() < earlyProbeAt ? probeAt : probeEarly(ports, round, probeAt);
    if (!hasTime(round, clock.now())) return clock.now();
    const waiting = await nextWaiting(ports, round);
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
    isGone: attempts.some(isGone),
    isBacklogEmpty: results.length === 0,
    areRejected: results.every(({ group: [{ pending }] }) => isRejected(pending, round.state)),
    retryAfterMs: requestedWaitMs(attempts, now),
  };
  return nextTransition(round.state, observed, rulesOf(ports, round), now);
}

/** Tries some side by side, and writes down how it went. @returns `undefined` where the time was up before all had a turn */
async function tryAll(
  world: DeliveryPorts,
  round: Round,
  waiting: readonly Waiting[],
): Promise<readonly Result[] | undefined> {
  for (const _ of waiting) if (!(await waitForTurn(world, round))) return undefined;
  const results = await waitForAll(waiting.map((one) => attemptPending(world, round, [one])));
  const ok = results.filter(isOk).map(({ group: [{ pending }], attempt }) => delivered(pending, attempt));
  if (ok.length > 0) await completeDeliveries(world, ok);
  // A probe counts on its endpoint's schedule: the delivery's own failures stay as they are.
  const failed = results.filter((result) => !isOk(result));
  await waitForAll(
    failed.map(({ group: [{ pending }], attempt }) => world.deliveries.revise(probed(pending, attempt), pending)),
  );
  return results;
}

/**
 * Between two probes that are far apart, tries the newest pending delivery alone: else an endpoint that works again would
 * get nothing, fresh events included, until the next probe. A failure does not count on any schedule.
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
 * The two behind the event that was tried last, from the beginning again where there are no more.
 * @returns `undefined` where the time was up before that was known
 */
async function nextWaiting(world: DeliveryPorts, round: Round): Promise<readonly Waiting[] | undefined> {
  const { probedTo } = round.state;
  const behind = await readUntilSome(world, round, probedTo ?? "");
  return behind?.length === 0 && probedTo !== undefined ? readUntilSome(world, round, "") : behind;
}

/** The first of those whose turn it is, and the newest that was never tried: what is new tells most of a URL. */
async function withNewest(
  world: DeliveryPorts,
  round: Round,
  waiting: readonly Waiting[],
): Promise<readonly Waiting[]> {
  const [first, second] = waiting;
  if (first === undefined || second === undefined) return waiting;
  const newest = await readNewest(world, ownerOf(round), [first.event.id, second.event.id], NEWEST);
  const untried = newest.find(({ pending }) => pending.attempts.length === 0);
  return untried === undefined ? waiting : [first, untried];
}

async function readUntilSome(
  world: DeliveryPorts,
  round: Round,
  from: string,
): Promise<readonly Waiting[] | undefined> {
  for (let after = from, limit = PROBES; hasTime(round, world.clock.now()); limit = SKIPPED_PAGE) {
    const part = await readBacklog(world, ownerOf(round), { after, limit });
    if (part.waiting.length > 0 || part.last === undefined) return part.waiting.slice(0, PROBES);
    after = part.last;
  }
  return undefined;
}

/** The schedule has ended for events that the receiver refuses. */
async function exhaust(ports: DeliveryPorts, results: readonly Result[]): Promise<void> {
  const now = ports.clock.now();
  await completeDeliveries(
    ports,
    results.map(({ group: [{ pending }], attempt }) => endedBy(probed(pending, attempt), "exhausted", "schedule", now)),
  );
}
