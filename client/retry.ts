import { RappelError } from "./errors.ts";

const FIRST_MS = 200;
const LONGEST_MS = 10_000;
/** Of the time that the API asks for, so that not all clients come back at the same moment. */
const SPREAD = 0.1;

/** How long a request is repeated, and how it waits. */
export interface Patience {
  /** Milliseconds from the first request until there is no other one. */
  readonly retryForMs: number;
  /** Waits; a test passes its own. @throws the signal's reason, once it is aborted */
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Repeats a request while its error is temporary: after 0.2 s, doubled up to 10 s, with chance; and not before the time that
 * the API asks for.
 * @throws {RappelError} the last error, once there is no time left to wait
 */
export async function patiently<T>(
  { retryForMs, wait, now }: Patience,
  request: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const until = now() + retryForMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof RappelError && error.isTemporary)) throw error;
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
      const asked = (error.retryAfterSeconds ?? 0) * 1_000 * (1 + SPREAD * Math.random());
      const waitMs = Math.max(asked, longest * (0.5 + Math.random() / 2));
      if (now() + waitMs > until) throw error;
      await wait(waitMs, signal);
    }
  }
}

export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}
