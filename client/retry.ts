import { RappelError } from "./errors.ts";

const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/** How long a request is repeated, and how it waits. */
export interface Patience {
  /** Milliseconds from the first request until there is no other one. */
  readonly retryForMs: number;
  /** Waits; a test passes its own. */
  readonly wait: (ms: number) => Promise<void>;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Repeats a request while its error is temporary: after the time that the API asks for, else after 0.2 s, doubled up to 10 s,
 * with chance.
 * @throws {RappelError} the last error, once there is no time left to wait
 */
export async function patiently<T>({ retryForMs, wait, now }: Patience, request: () => Promise<T>): Promise<T> {
  const until = now() + retryForMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof RappelError && error.isTemporary)) throw error;
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
      const waitMs =
        error.retryAfterSeconds === undefined ? longest * (0.5 + Math.random() / 2) : error.retryAfterSeconds * 1_000;
      if (now() + waitMs > until) throw error;
      await wait(waitMs);
    }
  }
}
