import * as z from "zod";
import { OUTCOMES } from "../../delivery/model/attempt.ts";
import { END_REASONS } from "../../delivery/model/delivery.ts";
import { DELIVERY_REASON_CODES, ORIGINS } from "../../delivery/model/delivery-reason.ts";
import { STATUS_REASON_CODES } from "../../endpoints/model/endpoint-state.ts";
import { At, ScannedUntil, StatusReasonParams } from "./common.ts";

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
    response: AnswerView.nullable().meta({
      description: "null: there was none, or the key has neither of the scopes `read` and `manage`.",
    }),
  })
  .meta({ id: "Attempt", description: "One POST of a delivery." });

const DeliveryStatus = z.enum(["pending", "delivered", "exhausted", "cancelled"]);
/** The facts of the sentence. Those that it does not need are absent. */
const DeliveryReasonParams = z
  .strictObject({
    status: DeliveryStatus,
    attempts: z.int().meta({ description: "Attempts so far." }),
    attemptsMax: z.int().optional().meta({
      description: "Attempts that the schedule allows. Absent for a delivery that was resent or moved.",
    }),
    lastOutcome: z.enum(OUTCOMES).optional().meta({ description: "How the last attempt ended." }),
    lastStatus: z.int().optional(),
    lastDurationMs: z.int().optional(),
    lastDetail: z.string().optional().meta({ description: "What happened, in English." }),
    nextAttemptAt: At.optional(),
    pausedUntil: At.optional().meta({ description: "`endpoint_paused_until`." }),
    cancelledAt: At.optional().meta({ description: "`callback_deleted`: when it is cancelled." }),
    endpointStatusSince: At.optional(),
    endpointStatusReasonCode: z.enum(STATUS_REASON_CODES).optional(),
    endpointStatusReasonParams: StatusReasonParams.optional(),
    origin: z.enum(ORIGINS).optional().meta({
      description: "Why the delivery exists, if not because its endpoint subscribes to the event.",
    }),
    onBehalfOf: z.string().optional(),
    behind: z.int().optional().meta({ description: "Newer deliveries that are pending behind it." }),
    behindIsComplete: z.boolean().optional().meta({ description: "false: there are `behind` or more." }),
  })
  .meta({ id: "DeliveryReasonParams", description: "With `reasonCode`, all facts in `explanation`." });
export const DeliveryView = z
  .strictObject({
    eventId: z.string(),
    type: z.string().meta({ description: "The event's type." }),
    acceptedAt: At,
    endpointId: z.string(),
    endpointUrl: z.string().nullable().meta({ description: "The endpoint's URL now. null: it was deleted." }),
    onBehalfOf: z.string().nullable().meta({ description: "The suspended endpoint on whose behalf it is sent." }),
    status: DeliveryStatus,
    reason: z.enum(END_REASONS).nullable(),
    lastStatus: z.int().nullable().meta({ description: "The status of the last attempt's response." }),
    lastDurationMs: z.int().nullable(),
    nextAttemptAt: At.nullable().meta({
      description:
        "While pending: when the next attempt is made, at the earliest. In the past: it is due now. null while nothing is sent (the endpoint is suspended, deleted, or paused without an end), and once the delivery has ended.",
    }),
    attempts: z.array(AttemptView),
    explanation: z.string().meta({ description: "In English. Made from `reasonCode` and `reasonParams`." }),
    reasonCode: z.enum(DELIVERY_REASON_CODES).meta({
      description:
        "Why the delivery is where it is. Delivered: `delivered`. Exhausted or cancelled: `schedule_ended`, `expired`, `skipped`, `endpoint_deleted`, `moved`, `suspended_too_long`, `loop`, `ended` (no reason is known). Pending: `scheduled`, `endpoint_failing`, `endpoint_suspended`, `endpoint_paused`, `endpoint_paused_until`, `endpoint_being_deleted`, `callback_deleted`.",
    }),
    reasonParams: DeliveryReasonParams,
  })
  .meta({ id: "Delivery" });

export const DeliveryRequestView = z
  .strictObject({
    eventId: z.string(),
    endpointId: z.string(),
    method: z.literal("POST"),
    url: z.string(),
    headers: z.record(z.string(), z.string()).meta({
      description:
        "Without `webhook-timestamp`, which is the second of each attempt. `***`: the endpoint's own headers, its credentials and the signature.",
    }),
    body: z.string().nullable().meta({
      description: "Byte for byte. null: the endpoint groups events, and other events were in the same body.",
    }),
    bodyBytes: z.int().nullable(),
    configuredAt: At.meta({
      description:
        "When the endpoint's settings last changed. An attempt before that may have had another URL, other headers or another format: they are not kept.",
    }),
  })
  .meta({
    id: "DeliveryRequest",
    description: "What an attempt sends, made from the log and the endpoint's settings.",
  });

export const AcknowledgedView = z
  .strictObject({
    acknowledged: z.array(z.string()).meta({
      description: "The events that were pending. The others have ended, or were never to be delivered there.",
    }),
  })
  .meta({ id: "Acknowledged" });

export const DeliveryList = z
  .strictObject({ data: z.array(DeliveryView), nextCursor: z.string().nullable(), scannedUntil: ScannedUntil })
  .meta({ id: "DeliveryList" });
