import { LIMITS } from "./limits.ts";

const DAY_MS = 86_400_000;
// A pending delivery is ended by a rule before the table forgets it; this is for what no rule has found.
const LEFTOVER_DAYS = LIMITS.retentionDaysMax + 2;

/** Until when an event is kept, epoch ms of a whole second: DynamoDB's time to live has no finer ones. */
export function keptUntil(acceptedAt: number, retentionDays: number): number {
  return Math.ceil(acceptedAt / 1_000) * 1_000 + retentionDays * DAY_MS;
}

/** DynamoDB's time to live, epoch seconds. It is no timer: an item goes within days of it. */
export function timeToLive(until: number): number {
  return Math.ceil(until / 1_000);
}

/** When the table may forget a pending delivery, epoch seconds: after the longest retention there is. */
export function leftoverTimeToLive(acceptedAt: number): number {
  return timeToLive(keptUntil(acceptedAt, LEFTOVER_DAYS));
}
