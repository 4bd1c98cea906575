import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { type Attempt, isGone, requestedWaitMs } from "../delivery/model/attempt.ts";
import type { PendingDelivery } from "../delivery/model/delivery.ts";
import { delivered, endedBy, failedAgain, probed } from "../delivery/model/pending-delivery.ts";
import { hasSeenEnough, isRejected, nextTransition } from "../endpoints/model/endpoint-policy.ts";
import { isSendable } from "../endpoints/model/endpoint-state.ts";
import { applied, type BatchResult } from "../endpoints/model/endpoint-transitions.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { LIMITS } from "../shared/limits.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { attemptPending, isOk, isTooLarge, type Result, waitForTurn } from "./attempt-pending.ts";
import { halvesOf } from "./model/batching.ts";
import { nextDueAt } from "./model/retry-schedule.ts";
import type { Waiting } from "./read-backlog.ts";
import { carryOut, change, type Round, rulesOf } from "./retry-round.ts";

const APPLY_EVERY_MS = 1_000; // ours: how late dispatch may see results
const CATCH_UP_MS = 100; // ours: so much of a second's share may be made up for after a pause

/** POSTs under way, one begun after the other at an even pace. */
export class PacedSender {
  readonly #world: DeliveryPorts;
  readonly #round: Round;
  readonly #inFlightMax: number;
  readonly #underWay = new Set<Promise<void>>();
  #beginAt = 0;
  /** How many at once the receiver takes, as far as this round has seen. */
  #groupMax = Number.POSITIVE_INFINITY;
  /** In the order of their ends. */
  #unapplied: Result[] = [];
  #appliedAt: number;
  #failure: unknown;
  /** The last one who asked whether a POST may begin. */
  #asked: Promise<unknown> = Promise.resolve();
  #earliest: number | undefined;

  constructor(world: DeliveryPorts, round: Round) {
    this.#world = world;
    this.#round = round;
    this.#appliedAt = world.clock.now();
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
    await this.#apply();
    this.note(orAt);
    return this.#earliest;
  }

  /** Waits for all that is under way; never throws. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Whether one more POST may begin. RecordedCalls one at a time: what one finds out of the state the next must know. */
  #mayPost(): Promise<boolean> {
    const answer = this.#asked.then(() => this.#isAllowed());
    this.#asked = answer.catch(() => undefined);
    return answer;
  }

  async #isAllowed(): Promise<boolean> {
    if (!(await this.#hasTurn())) return false;
    if (this.#failure !== undefined) return false;
    const seen = { failures: this.#streak, isGone: this.#unapplied.some(({ attempt }) => isGone(attempt)) };
    if (hasSeenEnough(seen, this.#world.clock.now())) return false;
    if (this.#world.clock.now() - this.#appliedAt >= APPLY_EVERY_MS) await this.#apply();
    return this.#isStillActive();
  }

  /** Waits for its turn at the release rate, and for its slot of a limited rate. @returns whether the time lasted for that */
  async #hasTurn(): Promise<boolean> {
    const { clock } = this.#world;
    this.#beginAt = Math.max(this.#beginAt, clock.now() - CATCH_UP_MS);
    const waitMs = this.#beginAt - clock.now();
    this.#beginAt += 1_000 / this.#round.endpoint.releaseRate;
    await clock.sleep(Math.max(0, waitMs));
    return waitForTurn(this.#world, this.#round);
  }

  /** @param refused attempts of these that had too many in them */
  async #deliver(group: NonEmpty<Waiting>, refused: readonly Attempt[] = []): Promise<void> {
    if (group.length > this.#groupMax) return this.#deliverHalves(group, refused);
    const { clock } = this.#world;
    const result = await attemptPending(this.#world, this.#round, group);
    const { attempt } = result;
    if (isTooLarge(result)) {
      this.#groupMax = Math.min(this.#groupMax, Math.ceil(group.length / 2));
      return this.#deliverHalves(group, [...refused, attempt]);
    }
    this.#unapplied.push(result);
    const now = clock.now();
    const retryAfterMs = requestedWaitMs([attempt], now);
    const tried = group.map(({ pending }) => ({ pending, tried: refused.reduce(probed, pending) }));
    if (isOk(result))
      return completeDeliveries(
        this.#world,
        tried.map((one) => delivered(one.tried, attempt)),
      );
    await waitForAll(tried.map((one) => this.#failedAgain(one, attempt, now, retryAfterMs)));
  }

  /** What is too much for one POST is no failure of its events: each half is sent at once, where the time lasts. */
  async #deliverHalves(group: NonEmpty<Waiting>, refused: readonly Attempt[]): Promise<void> {
    for (const half of halvesOf(group)) {
      // One that is halved again is not POSTed itself.
      if (half.length > this.#groupMax || (await this.#mayPost())) await this.#deliver(half, refused);
      else this.note(this.#world.clock.now());
    }
  }

  async #failedAgain(
    { pending, tried }: { readonly pending: PendingDelivery; readonly tried: PendingDelivery },
    attempt: Attempt,
    now: number,
    retryAfterMs: number,
  ): Promise<void> {
    const schedule = stagesOf(this.#round.endpoint.retrySchedule);
    const dueAt = nextDueAt(schedule, pending.failures + 1, now, retryAfterMs);
    if (dueAt === undefined)
      return completeDeliveries(this.#world, [endedBy(probed(tried, attempt), "exhausted", "schedule", now)]);
    this.note(dueAt);
    await this.#world.deliveries.revise(failedAgain(tried, attempt, dueAt), pending);
  }

  /** Failures since the last success, as far as is known here, that tell of the URL. */
  get #streak(): number {
    const lastOk = this.#unapplied.findLastIndex(isOk);
    const failures = this.#unapplied.slice(lastOk + 1).filter((result) => this.#isEndpointFailure(result)).length;
    return failures + (lastOk === -1 ? this.#round.state.streak : 0);
  }

  /** Whether any of the events is not to blame itself: then the failure counts for the endpoint. */
  #isEndpointFailure({ group }: Result): boolean {
    return !group.every(({ pending }) => isRejected(pending, this.#round.state));
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

  /** Writes to the endpoint's state what was found out since the last time, and carries out what the policy makes of it. */
  async #apply(): Promise<void> {
    const { clock } = this.#world;
    const now = clock.now();
    this.#appliedAt = now;
    const results = this.#unapplied;
    this.#unapplied = [];
    const lastOk = results.findLast(isOk);
    const failed = results.slice(results.findLastIndex(isOk) + 1).filter((result) => this.#isEndpointFailure(result));
    if (failed.length > 0 || (lastOk !== undefined && this.#round.state.streak > 0)) await this.#count(failed, lastOk);
    const attempts = results.map(({ attempt }) => attempt);
    const [hasGone, retryAfterMs] = [attempts.some(isGone), requestedWaitMs(attempts, now)];
    if (failed.length === 0 && retryAfterMs === 0 && !hasGone) return;
    const failures = failed.flatMap(({ group }) => group.map(({ pending }) => pending.failures + 1));
    const attemptIndex = Math.max(1, Math.min(this.#round.state.streak, Math.max(...failures, 1)));
    const observed = { by: "traffic", isGone: hasGone, retryAfterMs, attemptIndex } as const;
    await carryOut(
      this.#world,
      this.#round,
      nextTransition(this.#round.state, observed, rulesOf(this.#world, this.#round), now),
    );
  }

  async #count(failed: readonly Result[], lastOk: Result | undefined): Promise<void> {
    const result: BatchResult = {
      endpoint: this.#round.endpoint.id,
      parked: 0,
      failures: failed.length,
      ...(lastOk && { okAt: lastOk.attempt.startedAt + lastOk.attempt.durationMs }),
    };
    await change(this.#world, this.#round, applied(result));
  }
}
