import * as z from "zod";
import { SCOPES } from "../../accounts/model/key.ts";
import { OUTCOMES } from "../../delivery/model/attempt.ts";
import { END_REASONS } from "../../delivery/model/delivery.ts";
import { SOURCES } from "../../events/model/event.ts";
import { SampleSource } from "./sample-fields.ts";

/** The API's responses: schemas for the OpenAPI document, with which the tests also check every response. */
const At = z.iso.datetime().meta({ description: "RFC 3339, UTC, milliseconds.", example: "2026-11-21T12:00:00.000Z" });

const Accepted = z
  .strictObject({ id: z.string(), type: z.string() })
  .meta({ id: "Accepted", example: { id: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC", type: "email.opened" } });
export const AcceptedOneOrMany = z
  .union([Accepted, z.strictObject({ data: z.array(Accepted) })])
  .meta({ id: "AcceptedEvents" });

const Schedule = z
  .union([z.string(), z.array(z.strictObject({ times: z.int(), everySeconds: z.number() }))])
  .meta({ id: "RetrySchedule", description: "A preset's name, or custom stages." });
const GroupView = z
  .strictObject({ maxEvents: z.int(), maxBytes: z.int(), windowMs: z.int() })
  .meta({ id: "Group", description: "How events are grouped into one POST." });

const endpointFields = {
  id: z.string(),
  url: z.string().meta({ description: "A password is shown as ***." }),
  description: z.string(),
  eventTypes: z.array(z.string()),
  preset: z.string(),
  format: z.string(),
  encoding: z.string(),
  success: z.string(),
  group: GroupView.nullable(),
  backupOf: z.array(z.string()).nullable(),
  retrySchedule: Schedule,
  timeoutMs: z.int(),
  releaseRate: z.int(),
  rateLimit: z.int().nullable(),
  headers: z.record(z.string(), z.string()).meta({ description: "Values are shown as ***." }),
  metadata: z.record(z.string(), z.string()),
  status: z.enum(["active", "failing", "suspended", "paused", "deleted"]),
  statusReason: z.string(),
  statusSince: At,
  consecutiveFailures: z.int(),
  lastSuccessAt: At.nullable().meta({
    description: "Updated at most every 5 minutes, and when a failing endpoint works again.",
  }),
  lastLoopAt: At.nullable().meta({
    description:
      "When this URL, which is Rappel itself, last refused an event that was going round in a loop. Updated at most every 5 minutes.",
  }),
  managedBy: z.enum(["user", "callbacks"]).meta({
    description: "`callbacks`: Mailjet's interface manages its url, eventTypes, group and backupOf.",
  }),
  createdAt: At,
  updatedAt: At,
};
export const EndpointView = z.strictObject(endpointFields).meta({ id: "Endpoint" });
export const CreatedEndpointView = z
  .strictObject({
    ...endpointFields,
    secret: z.string(),
    verification: z.strictObject({ library: z.string(), snippet: z.string() }),
  })
  .meta({ id: "CreatedEndpoint" });
export const SecretView = z
  .strictObject({
    secret: z.string(),
    previous: z
      .array(z.strictObject({ secret: z.string(), until: At }))
      .meta({ description: "Rotated secrets, which still sign until then." }),
  })
  .meta({ id: "Secret" });

const AnswerView = z
  .strictObject({
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable().meta({
      description:
        "At most 1 KiB, as text, cut at a whole character; bytes that are not UTF-8 are replaced. Of a delivery's attempts only the first and the newest one keep their body, and a first attempt that was delivered keeps none: null.",
    }),
    truncated: z.boolean(),
  })
  .meta({ id: "ReceiverResponse", description: "What the receiver responded." });
export const TestView = z
  .strictObject({
    outcome: z.enum(OUTCOMES),
    status: z.int().nullable(),
    durationMs: z.int(),
    response: AnswerView.nullable(),
    reason: z.string().nullable(),
    secret: z
      .string()
      .optional()
      .meta({ description: "For a URL that is not registered: the secret that signed this POST." }),
  })
  .meta({ id: "TestResult" });

const AttemptView = z
  .strictObject({
    at: At,
    outcome: z.enum(OUTCOMES).meta({ description: "`success`, or the kind of failure." }),
    status: z.int().nullable(),
    durationMs: z.int(),
    reason: z.string().nullable(),
    response: AnswerView.nullable(),
  })
  .meta({ id: "Attempt", description: "One POST of a delivery." });
export const DeliveryView = z
  .strictObject({
    eventId: z.string(),
    endpointId: z.string(),
    onBehalfOf: z.string().nullable().meta({ description: "The suspended endpoint on whose behalf it is sent." }),
    status: z.enum(["pending", "delivered", "exhausted", "cancelled"]),
    reason: z.enum(END_REASONS).nullable(),
    dueAt: At.nullable(),
    attempts: z.array(AttemptView),
    explanation: z.string(),
  })
  .meta({ id: "Delivery" });

const eventFields = {
  id: z.string(),
  type: z.string(),
  source: z.enum(SOURCES).meta({ description: "`rappel`: an operational webhook." }),
  eventId: z.string().nullable().meta({ description: "The producer's id." }),
  timestamp: At.meta({ description: "The producer's timestamp, by default the time of acceptance." }),
  acceptedAt: At,
  payloadBytes: z.int(),
};
export const EventView = z.strictObject(eventFields).meta({ id: "Event" });
export const EventWithDeliveriesView = z
  .strictObject({ ...eventFields, deliveries: z.array(DeliveryView), explanation: z.string() })
  .meta({ id: "EventWithDeliveries" });

export const EventTypeView = z
  .strictObject({
    type: z.string(),
    source: SampleSource,
    description: z.string(),
    sample: z.looseObject({}).meta({ description: "The platform's own object, unchanged." }),
  })
  .meta({ id: "EventType" });

export const AccountView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    status: z.enum(["active", "deleting", "deleted"]),
    retentionDays: z.int(),
    limits: z.strictObject({ endpoints: z.int(), eventsPerSecond: z.int().nullable() }),
    createdAt: At.nullable(),
    updatedAt: At.nullable(),
    deletion: z
      .strictObject({
        requestedAt: At,
        phase: z.enum(["cancelling", "erasing", "done"]),
        endpointsLeft: z.int().meta({ description: "Endpoints whose pending deliveries are being cancelled." }),
        eventsErased: z.int(),
      })
      .nullable(),
  })
  .meta({ id: "Account" });
const keyFields = {
  id: z.string(),
  account: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  prefix: z.string().meta({ description: "The first characters of the secret." }),
  createdAt: At,
  expiresAt: At.nullable(),
  lastUsedAt: At.nullable().meta({ description: "Updated at most once an hour." }),
};
export const KeyView = z.strictObject(keyFields).meta({ id: "Key" });
export const CreatedKeyView = z
  .strictObject({ ...keyFields, secret: z.string().meta({ description: "Shown only in this response." }) })
  .meta({ id: "CreatedKey" });

export const listOf = (item: z.ZodType, id: string) =>
  z.strictObject({ data: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

export const EventList = z
  .strictObject({
    data: z.array(EventView),
    nextCursor: z.string().nullable(),
    pollAfter: At.meta({
      description:
        "For polling: the `after` of the next poll, so that it misses nothing. It is 15 minutes ago, because an event can be logged that much later than it was accepted. Events after it are listed again: ignore the ids you know. Of several pages, use the first one's.",
    }),
  })
  .meta({ id: "EventList" });

export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    offset: z.int().optional().meta({ description: "JSON_INVALID: the offset of the first wrong byte." }),
    errors: z
      .array(
        z
          .strictObject({
            pointer: z.string(),
            detail: z.string(),
            allowed: z.string().optional(),
            value: z.unknown().optional(),
          })
          .meta({ id: "FieldError", description: "A rejected field, and what is allowed." }),
      )
      .optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });
