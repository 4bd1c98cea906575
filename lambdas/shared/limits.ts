import { ACCOUNT_LIMITS } from "./limits/accounts.ts";
import { DELIVERY_LIMITS } from "./limits/deliveries.ts";
import { ENDPOINT_LIMITS } from "./limits/endpoints.ts";
import { EVENT_LIMITS } from "./limits/events.ts";
import { MAILJET_LIMITS } from "./limits/mailjet.ts";
import { QUEUE_LIMITS } from "./limits/queues.ts";
import { RECOVERY_LIMITS } from "./limits/recoveries.ts";
import { REQUEST_LIMITS } from "./limits/requests.ts";
import { RETRY_LIMITS } from "./limits/retries.ts";
import { STATISTICS_LIMITS } from "./limits/statistics.ts";

/**
 * Every limit that a user can notice, each with its unit and its source. "Ours" marks a choice of this project.
 * `npm run docs` writes the tables of docs/limits.md from the comments in `limits/`.
 */
export const LIMITS = {
  ...REQUEST_LIMITS,
  ...ACCOUNT_LIMITS,
  ...ENDPOINT_LIMITS,
  ...DELIVERY_LIMITS,
  ...RETRY_LIMITS,
  ...EVENT_LIMITS,
  ...RECOVERY_LIMITS,
  ...STATISTICS_LIMITS,
  ...MAILJET_LIMITS,
  ...QUEUE_LIMITS,
} as const;

/** The sections of docs/limits.md: the title of each table, and its file in `limits/`. */
export const LIMIT_SECTIONS = [
  { title: "Requests", file: "requests.ts", limits: REQUEST_LIMITS },
  { title: "Accounts and keys", file: "accounts.ts", limits: ACCOUNT_LIMITS },
  { title: "Endpoints", file: "endpoints.ts", limits: ENDPOINT_LIMITS },
  { title: "Attempts and responses", file: "deliveries.ts", limits: DELIVERY_LIMITS },
  { title: "Retries and backlogs", file: "retries.ts", limits: RETRY_LIMITS },
  { title: "Event log", file: "events.ts", limits: EVENT_LIMITS },
  { title: "Statistics", file: "statistics.ts", limits: STATISTICS_LIMITS },
  { title: "Mailjet's interface", file: "mailjet.ts", limits: MAILJET_LIMITS },
  { title: "Functions and queues", file: "queues.ts", limits: QUEUE_LIMITS },
] as const;
