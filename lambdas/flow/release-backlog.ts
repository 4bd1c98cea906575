import { isFailingNow, type Lesson, learnt, toFailing, toSuspended } from "../core/endpoint-change.ts";
import { LIMITS } from "../core/limits.ts";
import { nextDueAt, stagesOf } from "../core/retry-schedule.ts";
import { readBacklog } from "./read-backlog.ts";
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

const PAGE = 50; // ours

/**
 * Tries all that is due of an active endpoint's backlog, oldest first, at its release rate, until it fails five times in
 * a row, somebody changes its status, or the time is up.
 * @returns when the earliest of what waits is due; `undefined` when nothing waits
 */
export async function releaseBacklog(world: RoundWorld, round: Round): Promise<number | undefined> {
  const { clock } = world;
  let earliest: number | undefined;
  const note = (dueAt: number | undefined) => {
    if (dueAt !== undefined) earliest = Math.min(earliest ?? dueAt, dueAt);
  };
  for (let after = ""; ; ) {
    if (!hasTime(round, clock.now())) return clock.now();
    const part = await readBacklog(world, ownerOf(round), { after, limit: PAGE });
    if (part.last === undefined) return earliest;
    after = part.last;
    const due = part.waiting.filter(({ pending }) => pending.dueAt <= clock.now());
    for (const { pending } of part.waiting) if (pending.dueAt > clock.now()) note(pending.dueAt);
    for (let from = 0; from < due.length; from += LIMITS.releaseRate) {
      const chunk = due.slice(from, from + LIMITS.releaseRate);
      if (!(await isStillActive(world, round)) || !hasTime(round, clock.now())) return clock.now();
      const begun = clock.now();
      const results = await Promise.all(chunk.map((waiting) => tryPending(world, round, waiting)));
      const dueAgain = await Promise.all(results.map((result) => settleAttempt(world, round, result)));
      for (const dueAt of dueAgain) note(dueAt);
      await learn(world, round, results);
      if (round.state.status !== "active") return round.state.notBefore ?? clock.now();
      await clock.sleep(Math.max(0, begun + (chunk.length / LIMITS.releaseRate) * 1_000 - clock.now()));
    }
  }
}

/** A state is trusted for 5 s: a pause is obeyed within that and one deadline. */
async function isStillActive({ clock, states }: RoundWorld, round: Round): Promise<boolean> {
  if (clock.now() - round.readAt >= LIMITS.stateCacheSeconds * 1_000) {
    const state = (await states.read([round.endpoint.id])).get(round.endpoint.id);
    if (state === undefined || state.roundId !== round.id) return false;
    round.state = state;
    round.readAt = clock.now();
  }
  return round.state.status === "active";
}

async function learn(world: RoundWorld, round: Round, results: readonly Result[]): Promise<void> {
  const now = world.clock.now();
  const isOk = (result: Result | undefined) => result?.attempt.outcome === "success";
  const ends = results.toSorted((a, b) => endOf(a) - endOf(b));
  const lastOk = ends.findLast(isOk);
  const failed = ends.slice(ends.findLastIndex(isOk) + 1);
  const lesson: Lesson = {
    endpoint: round.endpoint.id,
    parked: 0,
    failures: failed.length,
    ...(lastOk && { okAt: endOf(lastOk) }),
  };
  if (failed.length > 0 || round.state.streak > 0) await change(world, round, learnt(lesson));
  if (results.some(isGone)) await change(world, round, toSuspended(round.state, now, "answered 410 Gone"));
  if (!isFailingNow(round.state)) return;
  const failures = Math.max(...failed.map(({ waiting }) => waiting.pending.failures + 1));
  const rung = Math.min(round.state.streak, failures);
  const asked = Math.max(...failed.map(({ attempt }) => askedMs(attempt, now)));
  const notBefore = nextDueAt(stagesOf(round.endpoint.retrySchedule), rung, now, asked) ?? now;
  await change(
    world,
    round,
    toFailing(round.state, failures, notBefore, now, `${round.state.streak} attempts in a row have failed`),
  );
}

function endOf({ attempt }: Result): number {
  return attempt.startedAt + attempt.durationMs;
}
