import type { Clock, Random } from "../../../lambdas/ports/clock.ts";

/** A clock that stands still until `move` or `sleep` is called. */
export function memoryClock(now = Date.UTC(2026, 10, 21, 12)): Clock & { move(byMs: number): void } {
  let at = now;
  return {
    now: () => at,
    async sleep(ms) {
      at += ms;
    },
    move(byMs) {
      at += byMs;
    },
  };
}

/** Random numbers that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next: random, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)) };
}
