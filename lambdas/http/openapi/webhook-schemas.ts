import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { OPERATIONAL_TYPES } from "../../events/model/operational-types.ts";
import { type Format, XML_FORMATS } from "../../payload/formats.ts";
import { ID } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";
import { EventTypeName } from "../schemas/fields.ts";

const EventId = z.string().regex(ID.evt);
const At = z.iso.datetime({ precision: 3 });
const Data = z.unknown().meta({ description: "The payload, byte for byte." });

const StandardEvent = z
  .strictObject({ id: EventId, type: EventTypeName, timestamp: At, data: Data })
  .meta({ id: "StandardEvent", description: "The format `standard`: the payload in an envelope." });

const MailjetEvent = z
  .looseObject({
    event: z.enum(["sent", "open", "click", "bounce", "blocked", "spam", "unsub"]),
    time: z.int().meta({ description: "Unix seconds." }),
    MessageID: z.int().optional().meta({ description: "64 bits: many JSON parsers lose its last digits." }),
    Message_GUID: z.string().optional(),
    email: z.string().optional(),
    mj_campaign_id: z.int().optional(),
    mj_contact_id: z.int().optional(),
    customcampaign: z.string().optional(),
    CustomID: z.string().optional(),
    Payload: z.string().optional(),
    mj_message_id: z.string().optional().meta({ description: "`sent`" }),
    smtp_reply: z.string().optional().meta({ description: "`sent`" }),
    url: z.string().optional().meta({ description: "`click`" }),
    ip: z.string().optional().meta({ description: "`open`, `click`, `unsub`" }),
    geo: z.string().optional().meta({ description: "`open`, `click`, `unsub`" }),
    agent: z.string().optional().meta({ description: "`open`, `click`, `unsub`" }),
    blocked: z.boolean().optional().meta({ description: "`bounce`" }),
    hard_bounce: z.boolean().optional().meta({ description: "`bounce`" }),
    error_related_to: z.string().optional().meta({ description: "`bounce`, `blocked`" }),
    error: z.string().optional().meta({ description: "`bounce`, `blocked`" }),
    comment: z.string().optional().meta({ description: "`bounce`" }),
    source: z.string().optional().meta({ description: "`spam`: the feedback loop." }),
    mj_list_id: z.int().optional().meta({ description: "`unsub`" }),
  })
  .meta({ id: "MailjetEvent", description: "A flat event object, as Mailjet sends it." });

const SarbacaneEvent = z
  .looseObject({
    type: z.enum(["delivered", "open", "click", "soft_bounce", "hard_bounce"]),
    date: z.string().meta({ description: "The spaces are Sarbacane's.", example: "2016-08-11 T 12:25:18.889Z" }),
    email: z.string().optional(),
    campaignId: z.string().optional(),
    sendId: z.string().optional(),
    subject: z.string().optional(),
    from: z.string().optional(),
    whId: z.string().optional(),
    operatingSystem: z.string().optional().meta({ description: "`open`, `click`" }),
    language: z.string().optional().meta({ description: "`open`, `click`" }),
    browser: z.string().optional().meta({ description: "`open`, `click`" }),
    webmail: z.string().optional().meta({ description: "`open`, `click`" }),
    url: z.string().optional().meta({ description: "`click`" }),
    smtpDescription: z.string().optional().meta({ description: "`soft_bounce`, `hard_bounce`" }),
    category: z.string().optional().meta({ description: "`soft_bounce`, `hard_bounce`" }),
    returnCode: z.int().optional().meta({ description: "`soft_bounce`, `hard_bounce`" }),
  })
  .meta({ id: "SarbacaneEvent", description: "A flat event object, as Sarbacane sends it." });

/** What the flat formats make of any other payload: they add only what is missing. */
const flat = (event: z.ZodType, typeName: string) =>
  z.union([
    event,
    z.looseObject({ [typeName]: z.unknown() }).meta({ description: `Any other payload, with \`${typeName}\`.` }),
  ]);

const CloudEvent = z
  .strictObject({
    specversion: z.literal("1.0"),
    id: EventId,
    source: z.string().regex(/^\/accounts\/[A-Za-z0-9_-]{1,64}\/sources\/[a-z]+$/),
    type: EventTypeName,
    time: At,
    datacontenttype: z.literal("application/json"),
    data: Data,
  })
  .meta({ id: "CloudEvent", description: "CloudEvents 1.0, structured mode." });

/** The schema of one event in each format. */
const EVENTS: Readonly<Record<Format, z.ZodType>> = {
  standard: StandardEvent,
  raw: Data,
  mailjet: flat(MailjetEvent, "event"),
  sarbacane: flat(SarbacaneEvent, "type"),
  cloudevents: CloudEvent,
};
const SUMMARIES: Readonly<Record<Format, string>> = {
  standard: "An event in an envelope, the default",
  raw: "The payload alone",
  mailjet: "An event as Mailjet sends it",
  sarbacane: "An event as Sarbacane sends it",
  cloudevents: "A CloudEvent",
};

const StatusData = z.strictObject({ account: z.string(), endpoint: z.string(), reason: z.string(), at: At });
const ExhaustedData = z.strictObject({
  account: z.string(),
  endpoint: z.string(),
  event: EventId,
  eventType: z.string(),
  reason: z.string().nullable(),
  attempts: z.int(),
  lastOutcome: z.string().nullable(),
  lastStatus: z.int().nullable(),
  at: At,
});
const FailureRateData = z.strictObject({
  account: z.string(),
  source: z.string(),
  destination: z.string().nullable(),
  failureRate: z.number(),
  limit: z.number(),
  delivered: z.int(),
  undelivered: z.int(),
  from: At,
  to: At,
});
const OperationalEvent = z
  .strictObject({
    id: EventId,
    type: z.enum(OPERATIONAL_TYPES),
    timestamp: At,
    data: z.union([
      StatusData.meta({ id: "EndpointStatusData" }),
      ExhaustedData.meta({ id: "DeliveryExhaustedData" }),
      FailureRateData.meta({ id: "FailureRateData" }),
    ]),
  })
  .meta({ id: "OperationalEvent", description: "An operational webhook in the format `standard`." });

const Headers = z.object({
  "webhook-id": z
    .string()
    .regex(/^(evt|grp)_[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    .meta({
      description: "The same on all attempts: ignore an id that you have processed.",
    }),
  "webhook-timestamp": z.string().regex(/^\d+$/).meta({ description: "Unix seconds of the attempt." }),
  "webhook-signature": z.string().meta({ description: "Standard Webhooks 1.0: `v1,` and base64, one or several." }),
  "rappel-event-ids": z.string().optional().meta({ description: "Only for groups: the events' ids." }),
  "rappel-hops": z
    .string()
    .regex(/^[1-9]\d*$/)
    .meta({ description: "How often Rappel has delivered the event, this POST included." }),
  "rappel-test": z.literal("true").optional().meta({ description: "Only for tests." }),
});

/** The POSTs that this service makes, for the OpenAPI document's `webhooks`: one for each format, and operational ones. */
export const WEBHOOKS: ZodOpenApiPathsObject = {
  ...Object.fromEntries(Object.entries(EVENTS).map(([format, event]) => [format, { post: postOf(format, event) }])),
  operational: {
    post: {
      ...postOf("standard", OperationalEvent),
      operationId: "receiveOperational",
      summary: "An operational webhook, in the format `standard`",
    },
  },
};

function postOf(format: string, event: z.ZodType): ZodOpenApiOperationObject {
  const group = z.array(event).min(1).max(LIMITS.groupEventsMax);
  const isCloudEvents = format === "cloudevents";
  const hasXml = XML_FORMATS.some((name) => name === format);
  return {
    operationId: `receive${format.charAt(0).toUpperCase()}${format.slice(1)}`,
    tags: ["Webhooks"],
    summary: Object.entries(SUMMARIES).find(([name]) => name === format)?.[1] ?? "",
    description: "With `group`, an array of events.",
    security: [],
    requestParams: { header: Headers },
    requestBody: {
      required: true,
      content: {
        ...(isCloudEvents
          ? {
              "application/cloudevents+json": { schema: event },
              "application/cloudevents-batch+json": { schema: group },
            }
          : { "application/json": { schema: z.union([event, group]) } }),
        ...(hasXml && {
          "application/xml": { schema: z.string().meta({ description: "The same, with `encoding` `xml`." }) },
        }),
      },
    },
    responses: {
      "2XX": { description: "Success; with `success` `200` only 200." },
      "410": { description: "The endpoint is suspended at once." },
      default: { description: "A failure: the delivery is retried, respecting `Retry-After`." },
    },
  };
}
