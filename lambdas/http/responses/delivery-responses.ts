import * as z from "zod";
import { OUTCOMES } from "../../delivery/model/attempt.ts";
import { END_REASONS } from "../../delivery/model/delivery.ts";
import { At, ScannedUntil } from "./common.ts";

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
    type: z.string().meta({ description: "The event's type." }),
    acceptedAt: At,
    endpointId: z.string(),
    onBehalfOf: z.string().nullable().meta({ description: "The suspended endpoint on whose behalf it is sent." }),
    status: z.enum(["pending", "delivered", "exhausted", "cancelled"]),
    reason: z.enum(END_REASONS).nullable(),
    dueAt: At.nullable(),
    lastStatus: z.int().nullable().meta({ description: "The status of the last attempt's response." }),
    lastDurationMs: z.int().nullable(),
    attempts: z.array(AttemptView),
    explanation: z.string(),
  })
  .meta({ id: "Delivery" });

export const DeliveryList = z
  .strictObject({ data: z.array(DeliveryView), nextCursor: z.string().nullable(), scannedUntil: ScannedUntil })
  .meta({ id: "DeliveryList" });
