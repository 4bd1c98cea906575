import type { Pool } from "../functions/pool.ts";
import { gatewayAnswer, type HttpAnswer } from "./http-response.ts";

/** Requests that wait for one function. Source: Lambda's default concurrency limit of an account. */
const WAITING_MAX = 1_000;
/** How long a request waits for its function. Ours: callers wait for 30 s, and have time for a second try. */
const WAIT_MS = 10_000;
const RETRY_AFTER_SECONDS = 2; // ours

const waiting = new WeakMap<Pool, number>();

/**
 * Waits until a function can begin with a request. A machine that cannot keep up refuses requests early, before the function
 * has seen them: the caller can then send an event again without a second copy of it. With a response that comes after the
 * caller's patience, it could not.
 * @returns `undefined`, or the response if there is no room. API Gateway gives the same one if Lambda throttles.
 */
export async function refusalOf(pool: Pool, waitingMax = WAITING_MAX): Promise<HttpAnswer | undefined> {
  const before = waiting.get(pool) ?? 0;
  if (before >= waitingMax) return refused();
  waiting.set(pool, before + 1);
  const hasRoom = await pool.room(WAIT_MS);
  waiting.set(pool, (waiting.get(pool) ?? 1) - 1);
  return hasRoom ? undefined : refused();
}

function refused(): HttpAnswer {
  const answer = gatewayAnswer(503, "Service Unavailable");
  return { ...answer, headers: { ...answer.headers, "retry-after": String(RETRY_AFTER_SECONDS) } };
}
