/** The prefix of operational webhooks: events about Rappel itself, which only Rappel emits. */
export const OPERATIONAL_PREFIX = "rappel.";

/** The types of operational webhooks. They are events like any other. */
export const OPERATIONAL_TYPES = [
  "rappel.endpoint.failing",
  "rappel.endpoint.recovered",
  "rappel.endpoint.suspended",
  "rappel.endpoint.resumed",
  "rappel.endpoint.expiring",
  "rappel.endpoint.flapping",
  "rappel.endpoint.secret_rotated",
  "rappel.delivery.exhausted",
  "rappel.failure_rate.exceeded",
  "rappel.recovery.finished",
] as const;
export type OperationalType = (typeof OPERATIONAL_TYPES)[number];

export function isOperational(type: string): boolean {
  return type.startsWith(OPERATIONAL_PREFIX);
}
