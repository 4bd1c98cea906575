import { LIMITS } from "./limits.ts";

const DAY_MS = 86_400_000;
// The retry rounds end a pending delivery before this. It only removes items that no round has found.
const LEFTOVER_DAYS = LIMITS.retentionDaysMax + 2;

/** Until when an event is kept: epoch ms, rounded up to a whole second as DynamoDB's time to live needs it. */
export function keptUntil(acceptedAt: number, retentionDays: number): number {
  return Math.ceil(acceptedAt / 1_000) * 1_000 + retentionDays * DAY_MS;
}

/** DynamoDB's time to live, epoch seconds. Not a timer: DynamoDB deletes an item up to some days later. */
export function timeToLive(until: number): number {
  return Math.ceil(until / 1_000);
}

/** When DynamoDB may delete a pending delivery, epoch seconds: after the longest possible retention. */
export function leftoverTimeToLive(acceptedAt: number): number {
  return timeToLive(keptUntil(acceptedAt, LEFTOVER_DAYS));
}
