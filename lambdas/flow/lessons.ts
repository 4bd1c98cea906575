import type { Attempt } from "../core/attempt.ts";
import type { EndpointState } from "../core/endpoint.ts";
import { LIMITS } from "../core/limits.ts";
import type { Clock, Lesson, States } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly states: States;
}

/** What a batch teaches about its endpoints, gathered so that each state is written once a batch, and only if it must. */
export class Lessons {
  readonly #byEndpoint = new Map<string, Lesson>();

  /** @param attempt `undefined` when the delivery joined the backlog untried */
  add(endpoint: string, attempt: Attempt | undefined): void {
    const { parked, failures, okAt } = this.#byEndpoint.get(endpoint) ?? { parked: 0, failures: 0 };
    const before = okAt === undefined ? {} : { okAt };
    if (attempt?.outcome === "success")
      this.#byEndpoint.set(endpoint, { endpoint, parked, failures: 0, okAt: attempt.startedAt + attempt.durationMs });
    else
      this.#byEndpoint.set(endpoint, {
        endpoint,
        parked: parked + 1,
        failures: failures + (attempt === undefined ? 0 : 1),
        ...before,
      });
  }

  get all(): readonly Lesson[] {
    return [...this.#byEndpoint.values()];
  }
}

const STATES_MAX = 10_000;

/**
 * Writes lessons to the endpoints' states. A success of a healthy URL is worth a write only every 5 minutes, so the state
 * is known from a read at most 5 s old.
 */
export function teacher({ clock, states }: World): (lessons: readonly Lesson[]) => Promise<void> {
  const known = new Map<string, { state: EndpointState; readAt: number }>();

  async function isWorthAWrite(lesson: Lesson): Promise<boolean> {
    const { endpoint, parked, failures, okAt } = lesson;
    if (parked > 0 || failures > 0 || okAt === undefined) return true;
    const now = clock.now();
    const before = known.get(endpoint);
    const isFresh = before !== undefined && now - before.readAt < LIMITS.stateCacheSeconds * 1000;
    const state = isFresh ? before.state : (await states.read([endpoint])).get(endpoint);
    if (state === undefined) return false;
    if (known.size >= STATES_MAX) known.clear();
    if (!isFresh) known.set(endpoint, { state, readAt: now });
    return state.streak > 0 || okAt - (state.lastOkAt ?? 0) > LIMITS.lastOkEverySeconds * 1000;
  }

  return async (lessons) => {
    await Promise.all(
      lessons.map(async (lesson) => {
        if (!(await isWorthAWrite(lesson))) return;
        known.delete(lesson.endpoint);
        await states.learn(lesson);
      }),
    );
  };
}
