import { LIMITS } from "./limits.ts";

/**
 * The time that calls outside the guarantee may take together: counters, failure rates, the last use of keys. They must not
 * delay deliveries when the table is slow. Pass the signal on to each call.
 */
export function bestEffortTime(): AbortSignal {
  return AbortSignal.timeout(LIMITS.bestEffortMs);
}

/** @returns what the call returns @throws if the time is over first, even if the call does not end */
export async function inTime<T>(time: AbortSignal, call: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const end = () => late.reject(time.reason);
  if (time.aborted) end();
  time.addEventListener("abort", end);
  try {
    return await Promise.race([call, late.promise]);
  } finally {
    time.removeEventListener("abort", end);
    call.catch(() => undefined);
  }
}
