import type { Attempt } from "../core/attempt.ts";
import type { EndpointState } from "../core/endpoint.ts";
import { isFailingNow, type Lesson, learnt, toFailing } from "../core/endpoint-change.ts";
import { LIMITS } from "../core/limits.ts";
import type { Clock, Deliveries, States, Timer } from "../ports.ts";
import { cancelBacklog } from "./cancel-backlog.ts";
import type { KnownStates } from "./known-states.ts";
import { promiseWakeUp } from "./promise-wake-up.ts";

interface World {
  readonly clock: Clock;
  readonly states: States;
  readonly timer: Timer;
  readonly deliveries: Deliveries;
}

const CANCEL_MS = 10_000; // ours: it is one batch's share of a backlog

/** What a batch teaches about its endpoints, gathered so that each state is written once a batch, and only if it must. */
export class Lessons {
  readonly #byEndpoint = new Map<string, Lesson>();

  /** An attempt, told when it ended: the order decides how long a streak is. */
  tried(endpoint: string, attempt: Attempt): void {
    const before = this.#of(endpoint);
    const isOk = attempt.outcome === "success";
    const next = isOk
      ? { ...before, failures: 0, okAt: attempt.startedAt + attempt.durationMs }
      : { ...before, failures: before.failures + 1 };
    this.#byEndpoint.set(endpoint, next);
  }

  /** A delivery that joined the backlog, told when that is written. */
  parked(endpoint: string, dueAt: number): void {
    const before = this.#of(endpoint);
    const earliest = Math.min(before.dueAt ?? dueAt, dueAt);
    this.#byEndpoint.set(endpoint, { ...before, parked: before.parked + 1, dueAt: earliest });
  }

  get all(): readonly Lesson[] {
    return [...this.#byEndpoint.values()];
  }

  #of(endpoint: string): Lesson {
    return this.#byEndpoint.get(endpoint) ?? { endpoint, parked: 0, failures: 0 };
  }
}

/** Writes lessons to the endpoints' states, and promises a wake-up to each whose backlog grew. */
export function teacher(world: World, known: KnownStates): (lessons: readonly Lesson[]) => Promise<void> {
  const { clock, states } = world;

  /** A success of a healthy URL is worth a write only every 5 minutes. */
  async function isWorthAWrite({ endpoint, parked, failures, okAt }: Lesson): Promise<boolean> {
    if (parked > 0 || failures > 0 || okAt === undefined) return true;
    const state = await known.stateOf(endpoint);
    return state !== undefined && (state.streak > 0 || okAt - (state.lastOkAt ?? 0) > LIMITS.lastOkEverySeconds * 1000);
  }

  async function teach(lesson: Lesson): Promise<void> {
    if (!(await isWorthAWrite(lesson))) return;
    const updated = await states.update(lesson.endpoint, learnt(lesson));
    known.forget(lesson.endpoint);
    if (lesson.dueAt === undefined) return;
    if (updated === undefined) {
      // Deleted, and forgotten: what has joined its backlog after that would wait for ever.
      await cancelBacklog(world, lesson.endpoint, clock.now() + CANCEL_MS);
      return;
    }
    const state = await failIfItIsTime(updated.state, lesson.dueAt);
    await promiseWakeUp(world, state, lesson.dueAt);
  }

  async function failIfItIsTime(state: EndpointState, dueAt: number): Promise<EndpointState> {
    if (!isFailingNow(state)) return state;
    // First attempts only: whatever failed here has failed once. Who comes second finds another version.
    const change = toFailing(state, 1, dueAt, clock.now(), `${state.streak} attempts in a row have failed`);
    return (await states.update(state.endpoint, change))?.state ?? state;
  }

  return async (lessons) => {
    await Promise.all(lessons.map(teach));
  };
}
