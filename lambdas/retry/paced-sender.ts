import { endDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveringWorld } from "../delivery/delivery-ports.ts";
import type { Attempt } from "../delivery/model/attempt.ts";
import type { PendingDelivery } from "../delivery/model/delivery.ts";
import { delivered, endedBy, failedAgain, probed } from "../delivery/model/pending-delivery.ts";
import { isSendable } from "../endpoints/model/endpoint-state.ts";
import {
  FAILING_AT,
  isFailingNow,
  type Lesson,
  learnt,
  patient,
  toFailing,
  toSuspended,
} from "../endpoints/model/endpoint-transitions.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { LIMITS } from "../shared/limits.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { askedMs, awaitTurn, isGone, isOk, isTooLarge, type Result, tryPending } from "./attempt-pending.ts";
import { halvesOf } from "./model/batching.ts";
import { nextProbe } from "./model/next-probe.ts";
import { nextDueAt } from "./model/retry-schedule.ts";
import type { Waiting } from "./read-backlog.ts";
import { change, type Round } from "./retry-round.ts";

const LEARN_EVERY_MS = 1_000; // ours: what dispatch may take to hear of it
const CATCH_UP_MS = 100; // ours: so much of a second's share may be made up for after a pause

/** POSTs under way, one begun after the other at an even pace. */
export class Release {
  readonly #world: DeliveringWorld;
  readonly #round: Round;
  readonly #inFlightMax: number;
  readonly #underWay = new Set<Promise<void>>();
  #beginAt = 0;
  /** How many at once the receiver takes, as far as this round has seen. */
  #takesMost = Number.POSITIVE_INFINITY;
  /** In the order of their ends. */
  #unlearnt: Result[] = [];
  #learntAt: number;
  #failure: unknown;
  /** The last one who asked whether a POST may begin. */
  #asked: Promise<unknown> = Promise.resolve();
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
  async begin(group: NonEmpty<Waiting>): Promise<boolean> {
    while (this.#underWay.size >= this.#inFlightMax) await Promise.race(this.#underWay);
    if (!(await this.#mayPost())) return false;
    const underWay = this.#deliver(group)
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

  /** Whether one more POST may begin. Asked one at a time: what one finds out of the state the next must know. */
  #mayPost(): Promise<boolean> {
    const answer = this.#asked.then(() => this.#isAllowed());
    this.#asked = answer.catch(() => undefined);
    return answer;
  }

  async #isAllowed(): Promise<boolean> {
    if (!(await this.#hasTurn())) return false;
    if (this.#failure !== undefined || this.#unlearnt.some(({ attempt }) => isGone(attempt))) return false;
    if (this.#streak >= FAILING_AT) return false;
    if (this.#world.clock.now() - this.#learntAt >= LEARN_EVERY_MS) await this.#learn();
    return this.#isStillActive();
  }

  /** Waits for its turn at the release rate, and for its slot of a limited rate. @returns whether the time lasted for that */
  async #hasTurn(): Promise<boolean> {
    const { clock } = this.#world;
    this.#beginAt = Math.max(this.#beginAt, clock.now() - CATCH_UP_MS);
    const waitMs = this.#beginAt - clock.now();
    this.#beginAt += 1_000 / this.#round.endpoint.releaseRate;
    await clock.sleep(Math.max(0, waitMs));
    return awaitTurn(this.#world, this.#round);
  }

  /** @param refused attempts of these that had too many in them */
  async #deliver(group: NonEmpty<Waiting>, refused: readonly Attempt[] = []): Promise<void> {
    if (group.length > this.#takesMost) return this.#deliverHalves(group, refused);
    const { clock } = this.#world;
    const result = await tryPending(this.#world, this.#round, group);
    const { attempt } = result;
    if (isTooLarge(result)) {
      this.#takesMost = Math.min(this.#takesMost, Math.ceil(group.length / 2));
      return this.#deliverHalves(group, [...refused, attempt]);
    }
    this.#unlearnt.push(result);
    const now = clock.now();
    const asked = askedMs([result], now);
    const tried = group.map(({ pending }) => ({ pending, tried: refused.reduce(probed, pending) }));
    if (isOk(result))
      return endDeliveries(
        this.#world,
        tried.map((one) => delivered(one.tried, attempt)),
      );
    await waitForAll(tried.map((one) => this.#failedAgain(one, attempt, now, asked)));
  }

  /** What is too much for one POST is no failure of its events: each half is sent at once, where the time lasts. */
  async #deliverHalves(group: NonEmpty<Waiting>, refused: readonly Attempt[]): Promise<void> {
    for (const half of halvesOf(group)) {
      // One that is halved again is not POSTed itself.
      if (half.length > this.#takesMost || (await this.#mayPost())) await this.#deliver(half, refused);
      else this.note(this.#world.clock.now());
    }
  }

  async #failedAgain(
    { pending, tried }: { readonly pending: PendingDelivery; readonly tried: PendingDelivery },
    attempt: Attempt,
    now: number,
    asked: number,
  ): Promise<void> {
    const schedule = stagesOf(this.#round.endpoint.retrySchedule);
    const dueAt = nextDueAt(schedule, pending.failures + 1, now, asked);
    if (dueAt === undefined)
      return endDeliveries(this.#world, [endedBy(probed(tried, attempt), "exhausted", "schedule", now)]);
    this.note(dueAt);
    await this.#world.deliveries.revise(failedAgain(tried, attempt, dueAt), pending);
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
  #isUrlsFault({ group }: Result): boolean {
    const { lastOkAt = 0 } = this.#round.state;
    return group.some(({ pending }) => (pending.firstFailedAt ?? Number.POSITIVE_INFINITY) >= lastOkAt);
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
      const failures = Math.max(...failed.flatMap(({ group }) => group.map(({ pending }) => pending.failures + 1)));
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
export async function fail(
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
