import * as z from "zod";
import { OUTCOMES } from "../../delivery/model/attempt.ts";
import { END_REASONS } from "../../delivery/model/delivery.ts";
import { type CodeFilter, EVENT_STATUSES } from "../../delivery/model/delivery-query.ts";
import {
  DeliveryCursor,
  EndpointIdParam,
  EventCursor,
  Instant,
  Limit,
  ProducerEventId,
  shownAs,
} from "../schemas/fields.ts";

const TYPE_PATTERN = /^(?:[A-Za-z0-9_.-]{1,128}|[A-Za-z0-9_.-]{1,126}\.\*)$/;
/** For a filter. */
const TypePattern = z
  .string("a string")
  .regex(TYPE_PATTERN, 'a type, or a prefix of whole segments such as "email.*"')
  .meta({ description: "A type, or a prefix of whole segments.", example: "email.*" });

/** Several values of an enum, separated by commas. */
export const anySome = <const T extends readonly string[]>(values: T) =>
  z
    .string("a string")
    .transform((text, context) => {
      const wanted = text.split(",");
      const known = values.filter((value) => wanted.includes(value));
      if (known.length === wanted.length) return known as readonly T[number][];
      context.addIssue({ code: "custom", message: `some of ${values.join(", ")}, separated by commas` });
      return z.NEVER;
    })
    .meta({
      override: shownAs({ type: "string", pattern: `^(?:${values.join("|")})(?:,(?:${values.join("|")}))*$` }),
    });

const CODE_ALLOWED = 'a status such as "503", a class such as "5xx", or an outcome such as "timeout"';
const CodeField = z
  .string("a string")
  .transform((text, context): CodeFilter => {
    const outcome = OUTCOMES.find((each) => each === text);
    if (outcome !== undefined) return { outcome };
    if (/^[1-5]xx$/.test(text)) return { from: Number(text[0]) * 100, to: Number(text[0]) * 100 + 99 };
    if (/^[1-5]\d\d$/.test(text)) return { from: Number(text), to: Number(text) };
    context.addIssue({ code: "custom", message: CODE_ALLOWED });
    return z.NEVER;
  })
  .meta({
    description:
      "The last attempt's status or class of statuses, or its outcome. Without `status` only deliveries that did not succeed are listed, except for 2xx.",
    example: "5xx",
    override: shownAs({ type: "string", pattern: `^(?:[1-5](?:xx|\\d\\d)|${OUTCOMES.join("|")})$` }),
  });

const between = {
  after: Instant.optional().meta({ description: "Accepted at this time or later." }),
  before: Instant.optional().meta({ description: "Accepted before this time." }),
};

export const EventFilters = z.strictObject({
  limit: Limit,
  cursor: EventCursor.optional(),
  status: z.enum(EVENT_STATUSES, EVENT_STATUSES.join(", ")).optional().meta({
    description:
      "`failed`: a delivery ended without success. `pending`: a delivery is pending. `delivered`: all deliveries succeeded. `unmatched`: no endpoint subscribed to it.",
  }),
  endpoint: EndpointIdParam.optional().meta({
    description: "Only events with a delivery to this endpoint; `status` is then about that delivery.",
  }),
  type: TypePattern.optional(),
  eventId: ProducerEventId.optional(),
  ...between,
  include: z
    .literal("payload", '"payload"')
    .optional()
    .meta({ description: "Adds each event's payload, and ends a page before it has more than 4 MB of them." }),
});

export const DeliveryFilters = z.strictObject({
  limit: Limit,
  cursor: DeliveryCursor.optional(),
  status: anySome(["pending", "delivered", "exhausted", "cancelled"])
    .optional()
    .meta({ description: "One or several, separated by commas.", example: "exhausted,cancelled" }),
  type: TypePattern.optional(),
  reason: z
    .enum(END_REASONS, END_REASONS.join(", "))
    .optional()
    .meta({ description: "Why it was exhausted or cancelled." }),
  code: CodeField.optional(),
  ...between,
});

export const AccountDeliveryFilters = DeliveryFilters.extend({
  endpoint: EndpointIdParam.optional().meta({ description: "Only deliveries to this endpoint." }),
});
