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
import { endDeliveries } from "./end-deliveries.ts";
import { type BacklogPart, readBacklog, readNewest, type Waiting } from "./read-backlog.ts";
import { change, ownerOf, type Round, type RoundWorld } from "./round.ts";
import { askedMs, awaitTurn, isGone, isOk, type Result, tryPending } from "./try-pending.ts";

const PAGE_MIN = 50; // ours
const PAGE_MAX = 250; // ours
const SECOND_OPINIONS = 2; // ours
const SKIM_PAGE = 400; // ours: where nothing was due, most of what follows is not either
const LEARN_EVERY_MS = 1_000; // ours: what dispatch may take to hear of it
const CATCH_UP_MS = 100; // ours: so much of a second's share may be made up for after a pause

/**
 * Tries all that is due of an active endpoint's backlog, oldest first, at its release rate, until it fails five times in
 * a row, somebody changes its status, or the time is up.
 * @returns when the earliest of what waits is due; `undefined` when nothing waits
 */
export async function releaseBacklog(world: RoundWorld, round: Round): Promise<number | undefined> {
  const { clock } = world;
  if (!isSendable(round.state, clock.now())) return round.state.notBefore;
  // Somebody counted the fifth failure and crashed before saying so.
  if (isFailingNow(round.state)) return fail(world, round, [], 1);
  const release = new Release(world, round);
  const limit = Math.min(Math.max(round.endpoint.releaseRate, PAGE_MIN), PAGE_MAX);
  const read = (after: string, isSkimming: boolean) =>
    readBacklog(world, ownerOf(round), { after, limit: isSkimming ? SKIM_PAGE : limit, dueBy: clock.now() });
  let part: BacklogPart = await read("", false);
  while (part.last !== undefined) {
    release.note(part.nextDueAt);
    // The next part is read while this one is sent: a rate of hundreds leaves no time between two.
    const next = read(part.last, part.waiting.length === 0);
    next.catch(() => undefined); // it may fail before anybody waits for it; whoever does is told all the same
    for (const waiting of part.waiting) {
      if (await release.begin(waiting)) continue;
      await Promise.allSettled([next]);
      return release.end(clock.now());
    }
    part = await next;
  }
  return release.end();
}

/** Deliveries under way, one begun after the other at an even pace. */
class Release {
  readonly #world: RoundWorld;
  readonly #round: Round;
  readonly #inFlightMax: number;
  readonly #underWay = new Set<Promise<void>>();
  /** Events that were taken out of their order. */
  readonly #takenAhead = new Set<string>();
  #beginAt = 0;
  /** In the order of their ends. */
  #unlearnt: Result[] = [];
  #learntAt: number;
  #failure: unknown;
  #earliest: number | undefined;

  constructor(world: RoundWorld, round: Round) {
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
    if (this.#failure !== undefined || this.#unlearnt.some(isGone)) return false;
    if (this.#streak >= FAILING_AT && !(await this.#isWellAfterAll())) return false;
    if (clock.now() - this.#learntAt >= LEARN_EVERY_MS) await this.#learn();
    if (!(await this.#isStillActive())) return false;
    if (!this.#takenAhead.has(waiting.event.id)) this.#send(waiting);
    return true;
  }

  #send(waiting: Waiting): void {
    const underWay = this.#deliver(waiting)
      .catch((failure: unknown) => {
        this.#failure ??= failure;
      })
      .finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
  }

  /**
   * Five in a row have failed. Where all of them had begun to fail before the URL last answered, they may be to blame
   * themselves: the newest that are no such suspects are taken ahead, and their success lets the rest have its turn.
   */
  async #isWellAfterAll(): Promise<boolean> {
    await Promise.all(this.#underWay);
    if (this.#streak < FAILING_AT) return true;
    const { lastOkAt = 0 } = this.#round.state;
    const isSuspect = ({ pending }: Waiting) => (pending.firstFailedAt ?? Number.POSITIVE_INFINITY) < lastOkAt;
    const failed = this.#unlearnt.slice(this.#unlearnt.findLastIndex(isOk) + 1);
    if (!failed.every(({ waiting }) => isSuspect(waiting))) return false;
    const tried = [...failed.map(({ waiting }) => waiting.event.id), ...this.#takenAhead];
    const newest = await readNewest(this.#world, ownerOf(this.#round), tried, SECOND_OPINIONS);
    for (const waiting of newest.filter((one) => !isSuspect(one) && one.pending.dueAt <= this.#world.clock.now())) {
      if (!(await awaitTurn(this.#world, this.#round))) return false;
      this.#takenAhead.add(waiting.event.id);
      this.#send(waiting);
    }
    await Promise.all(this.#underWay);
    return this.#streak < FAILING_AT;
  }

  /**
   * Waits for all that is under way, and writes down what it has taught.
   * @param orAt when to look again, where something due was left
   * @returns when to look again
   */
  async end(orAt?: number): Promise<number | undefined> {
    await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
    await this.#learn();
    this.note(orAt);
    return this.#earliest;
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

  /** Failures since the last success, as far as is known here. */
  get #streak(): number {
    const lastOk = this.#unlearnt.findLastIndex(isOk);
    return this.#unlearnt.length - 1 - lastOk + (lastOk === -1 ? this.#round.state.streak : 0);
  }

  /** A state is trusted for 5 s: a pause is obeyed within that and one deadline. */
  async #isStillActive(): Promise<boolean> {
    const { clock, states } = this.#world;
    const round = this.#round;
    if (clock.now() - round.readAt >= LIMITS.stateCacheSeconds * 1_000) {
      const state = (await states.read([round.endpoint.id])).get(round.endpoint.id);
      if (state === undefined || state.roundId !== round.id) return false;
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
    const failed = results.slice(results.findLastIndex(isOk) + 1);
    if (results.length === 0 || (failed.length === 0 && round.state.streak === 0)) return;
    const lesson: Lesson = {
      endpoint: round.endpoint.id,
      parked: 0,
      failures: failed.length,
      ...(lastOk && { okAt: lastOk.attempt.startedAt + lastOk.attempt.durationMs }),
    };
    await change(world, round, learnt(lesson));
    if (results.some(isGone)) await change(world, round, toSuspended(round.state, now, "answered 410 Gone"));
    if (round.state.status !== "active") return;
    const asked = askedMs(failed, now);
    if (isFailingNow(round.state)) {
      const failures = Math.max(...failed.map(({ waiting }) => waiting.pending.failures + 1));
      await fail(world, round, failed, Math.min(round.state.streak, failures));
    } else if (asked > 0) await change(world, round, patient(round.state, now + asked));
  }
}

/** Five in a row: what waits is probed from now on. @returns when the URL is tried next */
async function fail(
  world: RoundWorld,
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
