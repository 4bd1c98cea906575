import { AcceptedOneOrMany } from "../responses/event-responses.ts";
import { EventsBody, SourceBody } from "../schemas/event-body.ts";
import { BODY_ERRORS, IDEMPOTENCY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const accepting = { method: "POST", function: "accept", scope: "send", isIdempotent: true } as const;
const ACCEPT_ERRORS = [
  "ACCOUNT_DELETED",
  "RATE_LIMITED",
  "PAYLOAD_TOO_LARGE",
  "TOO_MANY_EVENTS",
  "QUEUE_UNAVAILABLE",
  ...IDEMPOTENCY_ERRORS,
] as const;

/** The routes that accept events. */
export const ingestRoutes = {
  sendEvents: {
    ...accepting,
    path: "/v1/events",
    namesAccounts: true,
    summary: "Send one event, or up to 500",
    body: { read: "bytes", media: JSON_MEDIA, schema: EventsBody },
    answer: { status: 202, schema: AcceptedOneOrMany },
    errors: [...ACCEPT_ERRORS, "EVENT_ID_IN_USE", ...BODY_ERRORS],
  },
  sendMailjetEvents: {
    ...accepting,
    path: "/v1/sources/mailjet",
    summary: "Send Mailjet's event objects, one or an array",
    body: { read: "bytes", media: JSON_MEDIA, schema: SourceBody("event") },
    answer: { status: 200, schema: AcceptedOneOrMany },
    errors: [...ACCEPT_ERRORS, ...BODY_ERRORS],
  },
  sendSarbacaneEvents: {
    ...accepting,
    path: "/v1/sources/sarbacane",
    summary: "Send Sarbacane's event objects, one or an array",
    body: { read: "bytes", media: JSON_MEDIA, schema: SourceBody("type") },
    answer: { status: 200, schema: AcceptedOneOrMany },
    errors: [...ACCEPT_ERRORS, ...BODY_ERRORS],
  },
} as const satisfies Record<string, Route>;
