import { endDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveringWorld } from "../delivery/delivery-ports.ts";
import { delivered, endedBy, probed } from "../delivery/model/pending-delivery.ts";
import { climbed, looked, toActive, toSuspended } from "../endpoints/model/endpoint-transitions.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { askedMs, awaitTurn, isGone, isOk, type Result, tryPending } from "./attempt-pending.ts";
import { type NextProbe, nextProbe } from "./model/next-probe.ts";
import { waitsIn } from "./model/retry-schedule.ts";
import { readBacklog, readNewest, type Waiting } from "./read-backlog.ts";
import { change, hasTime, ownerOf, type Round } from "./retry-round.ts";

const PROBES = 2;
const NEWEST = 2; // ours: among so many the newest that was not tried is looked for
const SKIPPED_PAGE = 50; // ours: where two held nothing to try, many may

/**
 * Tries two of a failing endpoint's backlog: the next one, round and round, and the newest that was not tried yet, or the
 * next two where there is none. So no poisonous events condemn a healthy URL.
 * A success, or an empty backlog, makes it active again. A failure climbs one rung of the endpoint's own schedule; at its
 * end comes the last word.
 * @returns when the next probe is due; `undefined` when there is none, or the endpoint is failing no more
 */
export async function probeEndpoint(world: DeliveringWorld, round: Round): Promise<number | undefined> {
  const { clock } = world;
  for (;;) {
    const { notBefore = 0, probeAt = 0, lookAt = Number.POSITIVE_INFINITY } = round.state;
    if (clock.now() < notBefore) return Math.max(notBefore, probeAt);
    if (clock.now() < probeAt) return clock.now() < lookAt ? probeAt : lookAfresh(world, round, probeAt);
    if (!hasTime(round, clock.now())) return clock.now();
    const waiting = await nextWaiting(world, round);
    if (waiting === undefined) return clock.now();
    const probes = await withNewest(world, round, waiting);
    const last = waiting[probes === waiting ? waiting.length - 1 : 0];
    if (last === undefined) {
      await change(world, round, toActive(round.state, clock.now(), undefined, "nothing waits for it"));
      return undefined;
    }
    const results = await tryAll(world, round, probes);
    if (results === undefined) return clock.now();
    if (await isDecided(world, round, results)) return undefined;
    const next = nextProbeOf(world, round, results);
    if (next !== undefined) {
      await change(world, round, climbed(round.state, last.pending.eventId, next));
      return next.probeAt;
    }
    if (!(await hadTheLastWord(world, round, results))) return undefined;
  }
}

/** Tries some side by side, and writes down how it went. @returns `undefined` where the time was up before all had a turn */
async function tryAll(
  world: DeliveringWorld,
  round: Round,
  waiting: readonly Waiting[],
): Promise<readonly Result[] | undefined> {
  for (const _ of waiting) if (!(await awaitTurn(world, round))) return undefined;
  const results = await waitForAll(waiting.map((one) => tryPending(world, round, [one])));
  const ok = results.filter(isOk).map(({ group: [{ pending }], attempt }) => delivered(pending, attempt));
  if (ok.length > 0) await endDeliveries(world, ok);
  // A probe counts on its endpoint's schedule: the delivery's own failures stay as they are.
  const failed = results.filter((result) => !isOk(result));
  await waitForAll(
    failed.map(({ group: [{ pending }], attempt }) => world.deliveries.revise(probed(pending, attempt), pending)),
  );
  return results;
}

/** Whether what was just tried decides about the endpoint: a success makes it active, 410 suspends it. */
async function isDecided(world: DeliveringWorld, round: Round, results: readonly Result[]): Promise<boolean> {
  const now = world.clock.now();
  if (results.some(isOk)) await change(world, round, toActive(round.state, now, now, "it answers again"));
  else if (results.some(({ attempt }) => isGone(attempt)))
    await change(world, round, toSuspended(round.state, now, "answered 410 Gone"));
  else return false;
  return true;
}

function nextProbeOf(
  { clock, freshLookMs }: DeliveringWorld,
  { endpoint, state }: Round,
  results: readonly Result[],
): NextProbe | undefined {
  const now = clock.now();
  return nextProbe(stagesOf(endpoint.retrySchedule), state.rung + 1, now, askedMs(results, now), freshLookMs);
}

/**
 * Between two probes that are far apart, tries the newest pending delivery alone: else a URL that is well again would get
 * nothing, fresh events included, for as long as the wait. A failure counts on nothing.
 */
async function lookAfresh(world: DeliveringWorld, round: Round, probeAt: number): Promise<number | undefined> {
  const { clock, freshLookMs } = world;
  if (!hasTime(round, clock.now())) return clock.now();
  const newest = await readNewest(world, ownerOf(round), [], 1);
  const results = await tryAll(world, round, newest);
  if (results === undefined) return clock.now();
  if (await isDecided(world, round, results)) return undefined;
  const now = clock.now();
  const asked = askedMs(results, now);
  await change(world, round, looked(round.state, now + freshLookMs, asked > 0 ? now + asked : undefined));
  return probeAt;
}

/**
 * The two behind the event that was tried last, from the beginning again where there are no more.
 * @returns `undefined` where the time was up before that was known
 */
async function nextWaiting(world: DeliveringWorld, round: Round): Promise<readonly Waiting[] | undefined> {
  const { probedTo } = round.state;
  const behind = await readUntilSome(world, round, probedTo ?? "");
  return behind?.length === 0 && probedTo !== undefined ? readUntilSome(world, round, "") : behind;
}

/** The first of those whose turn it is, and the newest that was never tried: what is new tells most of a URL. */
async function withNewest(
  world: DeliveringWorld,
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
  world: DeliveringWorld,
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

/**
 * The schedule has ended. If all that was just tried had begun to fail before the URL last answered, the events are to
 * blame themselves; else it is the URL: none of these attempts worked.
 * @returns whether the round goes on
 */
async function hadTheLastWord(world: DeliveringWorld, round: Round, results: readonly Result[]): Promise<boolean> {
  const now = world.clock.now();
  const { lastOkAt = 0, rung } = round.state;
  const isPoisonous = results.every(({ group: [{ pending }] }) => (pending.firstFailedAt ?? now) < lastOkAt);
  if (!isPoisonous) {
    const attempts = Math.max(rung, waitsIn(stagesOf(round.endpoint.retrySchedule))) + 1;
    await change(world, round, toSuspended(round.state, now, `none of ${attempts} attempts worked`));
    return false;
  }
  await endDeliveries(
    world,
    results.map(({ group: [{ pending }], attempt }) => endedBy(probed(pending, attempt), "exhausted", "schedule", now)),
  );
  return true;
}
