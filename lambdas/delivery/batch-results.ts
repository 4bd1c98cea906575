import type { StateChange } from "../endpoints/model/conditional-update.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { type EndpointState, isLeftUntold } from "../endpoints/model/endpoint-state.ts";
import {
  FAILING_AT,
  isFailingNow,
  type Lesson,
  learnt,
  patient,
  returnAsked,
  toFailing,
  toSuspended,
} from "../endpoints/model/endpoint-transitions.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { hasten, promiseWakeUp } from "../endpoints/schedule-wake-up.ts";
import { tellChanges } from "../notifications/publish-status-events.ts";
import { askedMs, isGone } from "../retry/attempt-pending.ts";
import { cancelBacklog } from "../retry/cancel-backlog.ts";
import { nextProbe } from "../retry/model/next-probe.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { DeliveringWorld } from "./delivery-ports.ts";
import type { KnownStates } from "./endpoint-state-cache.ts";
import type { Attempt } from "./model/attempt.ts";

/** What is left of a function's time once its last POST has ended: room to settle a full batch. */
export const SETTLE_MS = 5_000;
const FIRST_RUNG = 1; // first attempts only: whatever failed here has failed once

/** What a batch teaches about its endpoints, gathered so that each state is written once a batch, and only if it must. */
export class Lessons {
  readonly #byEndpoint = new Map<string, Lesson>();
  readonly #tried = new Map<string, Endpoint>();

  /** An attempt, told when it ended: the order decides how long a streak is. */
  tried(endpoint: Endpoint, attempt: Attempt): void {
    const { id } = endpoint;
    this.#tried.set(id, endpoint);
    const before = this.#of(id);
    const endedAt = attempt.startedAt + attempt.durationMs;
    if (attempt.outcome === "success") {
      this.#byEndpoint.set(id, { ...before, failures: 0, okAt: endedAt });
      return;
    }
    const askedAt = endedAt + askedMs([{ attempt }], endedAt);
    const isPatient = askedAt > Math.max(endedAt, before.notBefore ?? 0);
    this.#byEndpoint.set(id, {
      ...before,
      failures: before.failures + 1,
      ...(isPatient && { notBefore: askedAt }),
      ...(isGone(attempt) && { isGone: true }),
    });
  }

  /** A delivery that joined the backlog, told when that is written. */
  parked(endpoint: string, dueAt: number): void {
    const before = this.#of(endpoint);
    const earliest = Math.min(before.dueAt ?? dueAt, dueAt);
    this.#byEndpoint.set(endpoint, { ...before, parked: before.parked + 1, dueAt: earliest });
  }

  /** Something that joined the backlog in another's stead. */
  stoodIn(endpoint: string, insteadOf: string): void {
    const before = this.#of(endpoint);
    this.#byEndpoint.set(endpoint, { ...before, insteadOf: [...new Set([...(before.insteadOf ?? []), insteadOf])] });
  }

  /** That there is somebody to hand its backlog to, told before anything joins it. */
  backedUp(endpoint: string): void {
    this.#byEndpoint.set(endpoint, { ...this.#of(endpoint), isBackedUp: true });
  }

  /** Whether this batch alone has seen enough to send nothing more there: the state tells the others when it ends. */
  isEnough(endpoint: string, now: number): boolean {
    const { failures, notBefore = 0, isGone: saidGone = false } = this.#of(endpoint);
    return failures >= FAILING_AT || now < notBefore || saidGone;
  }

  get all(): readonly Lesson[] {
    return [...this.#byEndpoint.values()];
  }

  /** The endpoint of a lesson, where it was tried here. */
  endpointOf({ endpoint }: Lesson): Endpoint | undefined {
    return this.#tried.get(endpoint);
  }

  #of(endpoint: string): Lesson {
    return this.#byEndpoint.get(endpoint) ?? { endpoint, parked: 0, failures: 0 };
  }
}

/** Writes lessons to the endpoints' states, and promises a wake-up to each whose backlog grew. */
export function teacher(
  world: DeliveringWorld,
  known: KnownStates,
): (lessons: Lessons, deadlineAt: number) => Promise<void> {
  const { clock, states } = world;

  /** A success of a healthy URL is worth a write only every 5 minutes. */
  async function isWorthAWrite({ endpoint, parked, failures, okAt }: Lesson): Promise<boolean> {
    if (parked > 0 || failures > 0) return true;
    if (okAt === undefined) return false;
    const state = await known.stateOf(endpoint);
    return state !== undefined && (state.streak > 0 || okAt - (state.lastOkAt ?? 0) > LIMITS.lastOkEverySeconds * 1000);
  }

  async function teach(lesson: Lesson, endpoint: Endpoint | undefined, deadlineAt: number): Promise<void> {
    if (!(await isWorthAWrite(lesson))) return;
    const updated = await states.update(lesson.endpoint, learnt(lesson));
    known.forget(lesson.endpoint);
    if (updated === undefined) {
      // Deleted, and forgotten: what has joined its backlog after that would wait for ever.
      const isAll =
        lesson.dueAt === undefined || (await cancelBacklog(world, lesson.endpoint, deadlineAt - SETTLE_MS / 2));
      if (!isAll) throw new Error(`Cannot cancel what joined ${lesson.endpoint} after it was deleted: the time is up`);
      return;
    }
    const { state, isOwn } = await judge(updated.state, lesson, endpoint);
    if (await isBack(lesson)) await hasten(world, lesson.endpoint, returnAsked(clock.now()));
    if (lesson.isBackedUp && state.status === "suspended") await hasten(world, state.endpoint);
    else if (lesson.dueAt !== undefined) await promiseWakeUp(world, state, lesson.dueAt);
    // What others have changed they tell, unless they have died.
    if (isOwn || isLeftUntold(state, clock.now())) await tellChanges(world, state);
  }

  /** Whether something joined in the stead of an endpoint that is suspended no longer: what dispatch knew of it was older. */
  async function isBack({ insteadOf = [] }: Lesson): Promise<boolean> {
    const mains = insteadOf.length === 0 ? [] : [...(await states.read(insteadOf)).values()];
    return mains.some(({ status }) => status !== "suspended" && status !== "deleted");
  }

  /** Suspended at the receiver's word; failing after so many failures in a row; else patient for as long as it asked. */
  async function judge(
    state: EndpointState,
    lesson: Lesson,
    endpoint: Endpoint | undefined,
  ): Promise<{ readonly state: EndpointState; readonly isOwn: boolean }> {
    const now = clock.now();
    const { notBefore = 0 } = lesson;
    const carryOut = async (change: StateChange) => {
      const updated = await states.update(state.endpoint, change);
      return { state: updated?.state ?? state, isOwn: updated?.isDone === true };
    };
    const isAtWork = state.status === "active" || state.status === "failing";
    if (lesson.isGone === true && isAtWork) return carryOut(toSuspended(state, now, "answered 410 Gone"));
    if (endpoint !== undefined && isFailingNow(state)) {
      const schedule = stagesOf(endpoint.retrySchedule);
      const next = nextProbe(schedule, FIRST_RUNG, now, Math.max(0, notBefore - now), world.freshLookMs);
      const reason = `${state.streak} attempts in a row have failed`;
      // Who comes second finds another version.
      return carryOut(toFailing(state, FIRST_RUNG, next ?? { probeAt: now }, now, reason));
    }
    return notBefore > now && isAtWork ? carryOut(patient(state, notBefore)) : { state, isOwn: false };
  }

  return async (lessons, deadlineAt) => {
    await waitForAll(lessons.all.map((lesson) => teach(lesson, lessons.endpointOf(lesson), deadlineAt)));
  };
}
