import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Random } from "../../ports/clock.ts";

/** The clock and the random numbers of the machine. */
export const clock: Clock = { now: () => Date.now(), sleep };

const RANDOM_STEPS = 2 ** 47; // under randomInt's limit of 2^48 - 1
export const random: Random = {
  next: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  bytes: (count) => randomBytes(count),
};
