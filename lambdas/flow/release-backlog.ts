import { delivered, endedBy, failedAgain, probed } from "../core/delivery-history.ts";
import { isSendable } from "../core/endpoint.ts";
import {
  FAILING_AT,
  isFailingNow,
  type Lesson,
  learnt,
  patient,
  toFailing,
  toSuspended,
} from "../core/endpoint-change.ts";
import { LIMITS } from "../core/limits.ts";
import { nextProbe } from "../core/next-probe.ts";
import { nextDueAt, stagesOf } from "../core/retry-schedule.ts";
import type { DeliveringWorld } from "./delivering-world.ts";
import { endDeliveries } from "./end-deliveries.ts";
import { type BacklogPart, readBacklog, type Waiting } from "./read-backlog.ts";
import { change, hasTime, ownerOf, type Round } from "./round.ts";
import { askedMs, awaitTurn, isGone, isOk, type Result, tryPending } from "./try-pending.ts";

const PAGE_MIN = 50; // ours
const PAGE_MAX = 250; // ours: also where nothing was due, for then most of what follows is not either
const LEARN_EVERY_MS = 1_000; // ours: what dispatch may take to hear of it
const CATCH_UP_MS = 100; // ours: so much of a second's share may be made up for after a pause

/**
 * Tries all that is due of an active endpoint's backlog, oldest first, at its release rate, until it fails five times in
 * a row, somebody changes its status, or the time is up.
 * @returns when the earliest of what waits is due; `undefined` when nothing waits
 */
export async function releaseBacklog(world: DeliveringWorld, round: Round): Promise<number | undefined> {
  const { clock } = world;
  if (!isSendable(round.state, clock.now())) return round.state.notBefore;
  // Somebody counted the fifth failure and crashed before saying so.
  if (isFailingNow(round.state)) return fail(world, round, [], 1);
  const release = new Release(world, round);
  const ahead: { read?: Promise<unknown> } = {};
  try {
    return await releaseAll(world, round, release, ahead);
  } finally {
    // Whatever broke off: a function that ends with anything under way is frozen with it.
    await Promise.allSettled([release.settled(), ahead.read]);
  }
}

/** @param ahead told of the part that is read while another is sent */
async function releaseAll(
  world: DeliveringWorld,
  round: Round,
  release: Release,
  ahead: { read?: Promise<unknown> },
): Promise<number | undefined> {
  const { clock } = world;
  const limit = Math.min(Math.max(round.endpoint.releaseRate, PAGE_MIN), PAGE_MAX);
  const read = (after: string, isSkimming: boolean) =>
    readBacklog(world, ownerOf(round), { after, limit: isSkimming ? PAGE_MAX : limit, dueBy: clock.now() });
  let part: BacklogPart = await read("", false);
  while (part.last !== undefined) {
    release.note(part.nextDueAt);
    if (!hasTime(round, clock.now())) return release.end(clock.now());
    // The next part is read while this one is sent: a rate of hundreds leaves no time between two.
    const next = read(part.last, part.waiting.length === 0);
    next.catch(() => undefined); // it may fail before anybody waits for it; whoever does is told all the same
    ahead.read = next;
    for (const waiting of part.waiting) if (!(await release.begin(waiting))) return release.end(clock.now());
    part = await next;
  }
  return release.end();
}

/** Deliveries under way, one begun after the other at an even pace. */
class Release {
  readonly #world: DeliveringWorld;
  readonly #round: Round;
  readonly #inFlightMax: number;
  readonly #underWay = new Set<Promise<void>>();
  #beginAt = 0;
  /** In the order of their ends. */
  #unlearnt: Result[] = [];
  #learntAt: number;
  #failure: unknown;
  #earliest: number | undefined;

  constructor(world: DeliveringWorld, round: Round) {
    this.#world = world;
    this.#round = round;
    this.#learntAt = world.clock.now();
    this.#inFlightMax = Math.max(
      LIMITS.inFlightPerEndpoint,
      Math.min(round.endpoint.releaseRate, LIMITS.inFlightReleasing),
    );
  }

  /** Notes when something else is due. */
  note(dueAt: number | undefined): void {
    if (dueAt !== undefined) this.#earliest = Math.min(this.#earliest ?? dueAt, dueAt);
  }

  /** Begins an attempt when its turn has come. @returns whether it did; nothing more may be begun where it did not */
  async begin(waiting: Waiting): Promise<boolean> {
    const { clock } = this.#world;
    while (this.#underWay.size >= this.#inFlightMax) await Promise.race(this.#underWay);
    this.#beginAt = Math.max(this.#beginAt, clock.now() - CATCH_UP_MS);
    await clock.sleep(Math.max(0, this.#beginAt - clock.now()));
    this.#beginAt += 1_000 / this.#round.endpoint.releaseRate;
    if (!(await awaitTurn(this.#world, this.#round))) return false;
    if (this.#failure !== undefined || this.#unlearnt.some(({ attempt }) => isGone(attempt))) return false;
    if (this.#streak >= FAILING_AT) return false;
    if (clock.now() - this.#learntAt >= LEARN_EVERY_MS) await this.#learn();
    if (!(await this.#isStillActive())) return false;
    const underWay = this.#deliver(waiting)
      .catch((failure: unknown) => {
        this.#failure ??= failure;
      })
      .finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
    return true;
  }

  /**
   * Waits for all that is under way, and writes down what it has taught.
   * @param orAt when to look again, where something due was left
   * @returns when to look again
   */
  async end(orAt?: number): Promise<number | undefined> {
    await this.settled();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#learn();
    this.note(orAt);
    return this.#earliest;
  }

  /** Waits for all that is under way; never throws. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #deliver(waiting: Waiting): Promise<void> {
    const { clock, deliveries } = this.#world;
    const result = await tryPending(this.#world, this.#round, waiting);
    const { pending } = waiting;
    const { attempt } = result;
    this.#unlearnt.push(result);
    if (isOk(result)) return endDeliveries(this.#world, [delivered(pending, attempt)]);
    const now = clock.now();
    const schedule = stagesOf(this.#round.endpoint.retrySchedule);
    const dueAt = nextDueAt(schedule, pending.failures + 1, now, askedMs([result], now));
    if (dueAt === undefined)
      return endDeliveries(this.#world, [endedBy(probed(pending, attempt), "exhausted", "schedule", now)]);
    this.note(dueAt);
    await deliveries.revise(failedAgain(pending, attempt, dueAt), pending);
  }

  /** Failures since the last success, as far as is known here, that tell of the URL. */
  get #streak(): number {
    const lastOk = this.#unlearnt.findLastIndex(isOk);
    const failures = this.#unlearnt.slice(lastOk + 1).filter((result) => this.#isUrlsFault(result)).length;
    return failures + (lastOk === -1 ? this.#round.state.streak : 0);
  }

  /**
   * A delivery that had begun to fail before the URL last answered is to blame itself, and goes on its own schedule: a URL
   * that refuses some events would else be called dead each time that five of those meet.
   */
  #isUrlsFault({ waiting }: Result): boolean {
    return (waiting.pending.firstFailedAt ?? Number.POSITIVE_INFINITY) >= (this.#round.state.lastOkAt ?? 0);
  }

  /** A state is trusted for 5 s: a pause is obeyed within that. */
  async #isStillActive(): Promise<boolean> {
    const { clock, states } = this.#world;
    const round = this.#round;
    if (clock.now() - round.readAt >= LIMITS.stateCacheSeconds * 1_000) {
      const state = (await states.read([round.endpoint.id])).get(round.endpoint.id);
      // Another version: somebody has paused it, or moved it to another url, and this round has read the old one.
      if (state === undefined || state.roundId !== round.id || state.version !== round.version) return false;
      round.state = state;
      round.readAt = clock.now();
    }
    return isSendable(round.state, clock.now());
  }

  async #learn(): Promise<void> {
    const world = this.#world;
    const round = this.#round;
    const now = world.clock.now();
    this.#learntAt = now;
    const results = this.#unlearnt;
    this.#unlearnt = [];
    const lastOk = results.findLast(isOk);
    const failed = results.slice(results.findLastIndex(isOk) + 1).filter((result) => this.#isUrlsFault(result));
    const asked = askedMs(results, now);
    if (failed.length > 0 || (lastOk !== undefined && round.state.streak > 0)) await this.#note(failed, lastOk);
    if (results.some(({ attempt }) => isGone(attempt)))
      await change(world, round, toSuspended(round.state, now, "answered 410 Gone"));
    if (round.state.status !== "active") return;
    if (failed.length > 0 && isFailingNow(round.state)) {
      const failures = Math.max(...failed.map(({ waiting }) => waiting.pending.failures + 1));
      await fail(world, round, failed, Math.min(round.state.streak, failures));
    } else if (asked > 0) await change(world, round, patient(round.state, now + asked));
  }

  async #note(failed: readonly Result[], lastOk: Result | undefined): Promise<void> {
    const lesson: Lesson = {
      endpoint: this.#round.endpoint.id,
      parked: 0,
      failures: failed.length,
      ...(lastOk && { okAt: lastOk.attempt.startedAt + lastOk.attempt.durationMs }),
    };
    await change(this.#world, this.#round, learnt(lesson));
  }
}

/** Five in a row: what waits is probed from now on. @returns when the URL is tried next */
async function fail(
  world: DeliveringWorld,
  round: Round,
  failed: readonly Result[],
  rung: number,
): Promise<number | undefined> {
  const now = world.clock.now();
  const schedule = stagesOf(round.endpoint.retrySchedule);
  const next = nextProbe(schedule, rung, now, askedMs(failed, now), world.freshLookMs) ?? { probeAt: now };
  const reason = `${round.state.streak} attempts in a row have failed`;
  await change(world, round, toFailing(round.state, rung, next, now, reason));
  return next.probeAt;
}
