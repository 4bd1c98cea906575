import { endedBy, probed } from "../core/delivery-history.ts";
import { climbed, toActive, toSuspended } from "../core/endpoint-change.ts";
import { eventExpiresAt } from "../core/retention.ts";
import { nextDueAt, stagesOf, waitsIn } from "../core/retry-schedule.ts";
import { readBacklog, readNewest, type Waiting } from "./read-backlog.ts";
import {
  askedMs,
  change,
  hasTime,
  isGone,
  ownerOf,
  type Result,
  type Round,
  type RoundWorld,
  settleAttempt,
  tryPending,
} from "./round.ts";

const PROBES = 2;
const SKIPPED_PAGE = 50; // ours: where two held nothing to try, many may

/**
 * Tries the next two of a failing endpoint's backlog, round and round, so that no poisonous events condemn a healthy URL.
 * A success, or an empty backlog, makes it active again. A failure climbs one rung of the endpoint's own schedule; at its
 * end comes the last word.
 * @returns when the next probe is due; `undefined` when there is none, or the endpoint is failing no more
 */
export async function probeEndpoint(world: RoundWorld, round: Round): Promise<number | undefined> {
  const { clock, deliveries } = world;
  for (;;) {
    const { notBefore = 0 } = round.state;
    if (clock.now() < notBefore) return notBefore;
    if (!hasTime(round, clock.now())) return clock.now();
    const waiting = await nextWaiting(world, round);
    if (waiting === undefined) return clock.now();
    const last = waiting.at(-1);
    if (last === undefined) {
      await change(world, round, toActive(round.state, clock.now(), undefined, "nothing waits for it"));
      return undefined;
    }
    const results = await Promise.all(waiting.map((one) => tryPending(world, round, one)));
    const ok = results.filter(({ attempt }) => attempt.outcome === "success");
    await Promise.all(ok.map((result) => settleAttempt(world, round, result)));
    const failed = results.filter((result) => !ok.includes(result));
    await Promise.all(
      failed.map(({ waiting: { pending }, attempt }) => deliveries.revise(probed(pending, attempt), pending)),
    );
    const now = clock.now();
    if (ok.length > 0) {
      await change(world, round, toActive(round.state, now, now, "it answers again"));
      return undefined;
    }
    if (results.some(isGone)) {
      await change(world, round, toSuspended(round.state, now, "answered 410 Gone"));
      return undefined;
    }
    const asked = Math.max(...results.map(({ attempt }) => askedMs(attempt, now)));
    const dueAt = nextDueAt(stagesOf(round.endpoint.retrySchedule), round.state.rung + 1, now, asked);
    if (dueAt !== undefined) {
      await change(world, round, climbed(round.state, last.pending.eventId, dueAt));
      return dueAt;
    }
    if (!(await hadTheLastWord(world, round, results))) return undefined;
  }
}

/**
 * The two behind the event that was tried last, from the beginning again where there are no more.
 * @returns `undefined` where the time was up before that was known
 */
async function nextWaiting(world: RoundWorld, round: Round): Promise<readonly Waiting[] | undefined> {
  const { probedTo } = round.state;
  const behind = await readUntilSome(world, round, probedTo ?? "");
  return behind?.length === 0 && probedTo !== undefined ? readUntilSome(world, round, "") : behind;
}

async function readUntilSome(world: RoundWorld, round: Round, from: string): Promise<readonly Waiting[] | undefined> {
  for (let after = from, limit = PROBES; hasTime(round, world.clock.now()); limit = SKIPPED_PAGE) {
    const part = await readBacklog(world, ownerOf(round), { after, limit });
    if (part.waiting.length > 0 || part.last === undefined) return part.waiting.slice(0, PROBES);
    after = part.last;
  }
  return undefined;
}

/**
 * The schedule has ended. First the newest that was not just tried gets a try: with few rungs left a healthy URL's good
 * events may not have had their turn. If none of it works, and all of it had begun to fail before the URL last answered,
 * the events are to blame themselves; else it is the URL: none of these attempts worked.
 * @returns whether the round goes on
 */
async function hadTheLastWord(world: RoundWorld, round: Round, results: readonly Result[]): Promise<boolean> {
  const looked = await lookAtNewest(world, round, results);
  const now = world.clock.now();
  if (looked === "answered") {
    await change(world, round, toActive(round.state, now, now, "it answers again"));
    return false;
  }
  const { lastOkAt = 0, rung } = round.state;
  const isPoisonous = [...results, ...looked].every(({ waiting }) => (waiting.pending.firstFailedAt ?? now) < lastOkAt);
  if (!isPoisonous) {
    const attempts = Math.max(rung, waitsIn(stagesOf(round.endpoint.retrySchedule))) + 1;
    await change(world, round, toSuspended(round.state, now, `none of ${attempts} attempts worked`));
    return false;
  }
  for (const { waiting, attempt } of results) {
    const end = endedBy(probed(waiting.pending, attempt), "exhausted", "schedule", now);
    await world.deliveries.end(end, eventExpiresAt(waiting.event.acceptedAt));
  }
  return true;
}

async function lookAtNewest(
  world: RoundWorld,
  round: Round,
  results: readonly Result[],
): Promise<"answered" | Result[]> {
  const tried = results.map(({ waiting }) => waiting.event.id);
  const isTime = !round.hasLookedAtNewest && hasTime(round, world.clock.now());
  round.hasLookedAtNewest = true;
  const newest = isTime ? await readNewest(world, ownerOf(round), tried, PROBES) : [];
  const looked = await Promise.all(newest.map((waiting) => tryPending(world, round, waiting)));
  for (const result of looked) {
    const { waiting, attempt } = result;
    if (attempt.outcome === "success") await settleAttempt(world, round, result);
    else await world.deliveries.revise(probed(waiting.pending, attempt), waiting.pending);
  }
  return looked.some(({ attempt }) => attempt.outcome === "success") ? "answered" : looked;
}
