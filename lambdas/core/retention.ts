import { LIMITS } from "./limits.ts";

const DAY_SECONDS = 86_400;
// A pending delivery is ended by a rule before the table forgets it; its item outlives its event by this much.
const LEFTOVER_DAYS = 2;

/** When the log may forget an event, epoch seconds: DynamoDB's time to live, which is no timer (it may be days late). */
export function eventExpiresAt(acceptedAt: number): number {
  return Math.ceil(acceptedAt / 1000) + LIMITS.retentionDays * DAY_SECONDS;
}

export function leftoverExpiresAt(acceptedAt: number): number {
  return eventExpiresAt(acceptedAt) + LEFTOVER_DAYS * DAY_SECONDS;
}
