/** Types under this prefix tell of Rappel itself. Only Rappel emits them. */
export const OPERATIONAL_PREFIX = "rappel.";

/** What Rappel tells of itself, as events like any other. */
export const OPERATIONAL_TYPES = [
  "rappel.endpoint.failing",
  "rappel.endpoint.recovered",
  "rappel.endpoint.suspended",
  "rappel.endpoint.resumed",
  "rappel.endpoint.expiring",
  "rappel.delivery.exhausted",
  "rappel.failure_rate.exceeded",
] as const;
export type OperationalType = (typeof OPERATIONAL_TYPES)[number];
