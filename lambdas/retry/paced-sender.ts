import { completeDeliveries } from "../delivery/complete-deliveries.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { type Attempt, isGone, isLoop, requestedWaitMs } from "../delivery/model/attempt.ts";
import type { PendingDelivery } from "../delivery/model/delivery.ts";
import { delivered, endedBy, failedAgain, probed } from "../delivery/model/pending-delivery.ts";
import { isRejected, nextTransition, type Observed, shouldStopSending } from "../endpoints/model/endpoint-policy.ts";
import { isSendable } from "../endpoints/model/endpoint-state.ts";
import { applied, type BatchResult } from "../endpoints/model/endpoint-state-changes.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { isOperational } from "../events/model/operational-types.ts";
import { LIMITS } from "../shared/limits.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { attemptPending, isOk, isTooLarge, loopedOf, type Result, waitForTurn } from "./attempt-pending.ts";
import { halvesOf } from "./model/batching.ts";
import { nextDueAt } from "./model/retry-schedule.ts";
import type { PendingWithEvent } from "./read-backlog.ts";
import { carryOut, change, type Round, rulesOf } from "./retry-round.ts";

const APPLY_EVERY_MS = 1_000; // ours: how old the state may be that dispatch reads

/** Sends POSTs at an even pace, with a limited number in flight. */
export class PacedSender {
  readonly #ports: DeliveryPorts;
  readonly #round: Round;
  readonly #inFlightMax: number;
  readonly #inFlight = new Set<Promise<void>>();
  #beginAt = 0;
  /** The largest group that the receiver has accepted in this round. */
  #groupMax = Number.POSITIVE_INFINITY;
  /** In the order in which the attempts ended. */
  #unapplied: Result[] = [];
  #appliedAt: number;
  #failure: unknown;
  /** The last check whether a POST may start. */
  #lastCheck: Promise<unknown> = Promise.resolve();
  #earliest: number | undefined;

  constructor(ports: DeliveryPorts, round: Round) {
    this.#ports = ports;
    this.#round = round;
    this.#appliedAt = ports.clock.now();
    this.#inFlightMax = Math.max(
      LIMITS.inFlightPerEndpoint,
      Math.min(round.endpoint.releaseRate, LIMITS.inFlightReleasing),
    );
  }

  /** Notes when another delivery is due. */
  note(dueAt: number | undefined): void {
    if (dueAt !== undefined) this.#earliest = Math.min(this.#earliest ?? dueAt, dueAt);
  }

  /** Starts an attempt when its turn has come. @returns whether it did; if not, no more may be started */
  async begin(group: NonEmpty<PendingWithEvent>): Promise<boolean> {
    while (this.#inFlight.size >= this.#inFlightMax) await Promise.race(this.#inFlight);
    if (!(await this.#mayPost())) return false;
    const post = this.#deliver(group)
      .catch((failure: unknown) => {
        this.#failure ??= failure;
      })
      .finally(() => this.#inFlight.delete(post));
    this.#inFlight.add(post);
    return true;
  }

  /**
   * Waits for all POSTs in flight and writes their results to the endpoint's state.
   * @param remainingDueAt when the next round is due, if due deliveries remain
   * @returns when the next round is due
   */
  async end(remainingDueAt?: number): Promise<number | undefined> {
    await this.settled();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#apply();
    this.note(remainingDueAt);
    return this.#earliest;
  }

  /** Waits for all POSTs in flight. Never throws. */
  async settled(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** Whether one more POST may start. Checks run one after the other, because each needs the state that the last one read. */
  #mayPost(): Promise<boolean> {
    const answer = this.#lastCheck.then(() => this.#isAllowed());
    this.#lastCheck = answer.catch(() => undefined);
    return answer;
  }

  async #isAllowed(): Promise<boolean> {
    if (!(await this.#hasTurn())) return false;
    if (this.#failure !== undefined) return false;
    const seen = { failures: this.#streak, isGone: this.#unapplied.some(({ attempt }) => isGone(attempt)) };
    if (shouldStopSending(seen, this.#ports.clock.now())) return false;
    if (this.#ports.clock.now() - this.#appliedAt >= APPLY_EVERY_MS) await this.#apply();
    return this.#isStillActive();
  }

  /** Waits for the next turn at the release rate, and for a rate slot. @returns whether there is still time for an attempt */
  async #hasTurn(): Promise<boolean> {
    const { clock } = this.#ports;
    this.#beginAt = Math.max(this.#beginAt, clock.now() - LIMITS.releaseCatchUpMs);
    const waitMs = this.#beginAt - clock.now();
    this.#beginAt += 1_000 / this.#round.endpoint.releaseRate;
    await clock.sleep(Math.max(0, waitMs));
    return waitForTurn(this.#ports, this.#round);
  }

  /** @param tooLarge earlier attempts in groups that were too large */
  async #deliver(group: NonEmpty<PendingWithEvent>, tooLarge: readonly Attempt[] = []): Promise<void> {
    if (group.length > this.#groupMax) return this.#deliverHalves(group, tooLarge);
    const { clock } = this.#ports;
    const result = await attemptPending(this.#ports, this.#round, group);
    const { attempt } = result;
    if (isTooLarge(result)) {
      this.#groupMax = Math.min(this.#groupMax, Math.ceil(group.length / 2));
      return this.#deliverHalves(group, [...tooLarge, attempt]);
    }
    this.#unapplied.push(result);
    const now = clock.now();
    const retryAfterMs = requestedWaitMs([attempt], now);
    const tried = group.map(({ pending }) => ({ pending, tried: tooLarge.reduce(probed, pending) }));
    if (isOk(result))
      return completeDeliveries(
        this.#ports,
        tried.map((each) => delivered(each.tried, attempt)),
      );
    const looped = new Set(loopedOf(result).map(({ pending }) => pending));
    await waitForAll(
      tried.map((each) =>
        looped.has(each.pending)
          ? completeDeliveries(this.#ports, [endedBy(probed(each.tried, attempt), "cancelled", "loop", now)])
          : this.#failedAgain(each, attempt, now, retryAfterMs),
      ),
    );
  }

  /** A POST that is too large is not a failure of its events: each half is sent at once, if there is time. */
  async #deliverHalves(group: NonEmpty<PendingWithEvent>, tooLarge: readonly Attempt[]): Promise<void> {
    for (const half of halvesOf(group)) {
      // A half that is halved again is not POSTed itself.
      if (half.length > this.#groupMax || (await this.#mayPost())) await this.#deliver(half, tooLarge);
      else this.note(this.#ports.clock.now());
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
      return completeDeliveries(this.#ports, [endedBy(probed(tried, attempt), "exhausted", "schedule", now)]);
    this.note(dueAt);
    await this.#ports.deliveries.revise(failedAgain(tried, attempt, dueAt), pending);
  }

  /** Failures of the endpoint since the last success, as counted by this round. */
  get #streak(): number {
    const lastOk = this.#unapplied.findLastIndex(isOk);
    const failures = this.#unapplied.slice(lastOk + 1).filter((result) => this.#isEndpointFailure(result)).length;
    return failures + (lastOk === -1 ? this.#round.state.streak : 0);
  }

  /** Whether the failure counts for the endpoint: not a loop, nor if all events of the group are rejected ones. */
  #isEndpointFailure({ group, attempt }: Result): boolean {
    return !isLoop(attempt) && !group.every(({ pending }) => isRejected(pending, this.#round.state));
  }

  /** Reads the state again after 5 s, so that a pause takes effect within that time. */
  async #isStillActive(): Promise<boolean> {
    const { clock, states } = this.#ports;
    const round = this.#round;
    if (clock.now() - round.readAt >= LIMITS.stateCacheSeconds * 1_000) {
      const state = (await states.read([round.endpoint.id])).get(round.endpoint.id);
      // A new version: the endpoint was paused or its url changed, and this round has read the old one.
      if (state === undefined || state.roundId !== round.id || state.version !== round.version) return false;
      round.state = state;
      round.readAt = clock.now();
    }
    return isSendable(round.state, clock.now());
  }

  /** Writes new results to the endpoint's state, and carries out the policy's decision. */
  async #apply(): Promise<void> {
    const { clock } = this.#ports;
    const now = clock.now();
    this.#appliedAt = now;
    const results = this.#unapplied;
    this.#unapplied = [];
    const lastOk = results.findLast(isOk);
    const failed = results.slice(results.findLastIndex(isOk) + 1).filter((result) => this.#isEndpointFailure(result));
    const lastLoop = results.findLast(({ attempt }) => isLoop(attempt));
    if (failed.length > 0 || lastLoop !== undefined || (lastOk !== undefined && this.#round.state.streak > 0))
      await this.#count(failed, lastOk, lastLoop);
    const attempts = results.map(({ attempt }) => attempt);
    const hasGone = attempts.some(isGone);
    // Failing by now, after another function's results: the round is over, and only a 410 still matters.
    if (this.#round.state.status !== "active" && !hasGone) return;
    const observed: Observed = {
      by: "traffic",
      isGone: hasGone,
      retryAfterMs: requestedWaitMs(attempts, now),
      ...(failed.length > 0 && { failures: this.#failuresOf(failed, now) }),
    };
    const transition = nextTransition(this.#round.state, observed, rulesOf(this.#ports, this.#round), now);
    await carryOut(this.#ports, this.#round, transition);
  }

  #failuresOf(failed: readonly Result[], now: number): NonNullable<Observed["failures"]> {
    const counts = failed.flatMap(({ group }) => group.map(({ pending }) => pending.failures + 1));
    return {
      attemptIndex: Math.max(1, Math.min(this.#round.state.streak, Math.max(...counts))),
      retryAfterMs: requestedWaitMs(
        failed.map(({ attempt }) => attempt),
        now,
      ),
    };
  }

  async #count(failed: readonly Result[], lastOk: Result | undefined, lastLoop: Result | undefined): Promise<void> {
    const lastOwn = failed.findLast(({ group }) => group.some(({ pending }) => !isOperational(pending.type)));
    const result: BatchResult = {
      endpoint: this.#round.endpoint.id,
      parked: 0,
      failures: failed.length,
      ...(lastOwn && { ownFailureAt: endOf(lastOwn) }),
      ...(lastOk && { okAt: endOf(lastOk) }),
      ...(lastLoop && { loopAt: endOf(lastLoop) }),
    };
    await change(this.#ports, this.#round, applied(result));
  }
}

function endOf({ attempt: { startedAt, durationMs } }: Result): number {
  return startedAt + durationMs;
}
