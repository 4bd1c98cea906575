import * as z from "zod";
import { RECOVERED_STATUSES } from "../../recoveries/model/recovery.ts";
import { LIMITS } from "../../shared/limits.ts";
import { EndpointFields, EventTypes, hasOneAuthorization, oneAuthorization } from "./endpoint-body.ts";
import { EndpointIdParam, EventIdParam, Instant, OwnSecret } from "./fields.ts";
import { isWritable, NOT_WRITABLE_SCHEMA, notWritable, withPreset } from "./format-fields.ts";
import { isSample, notASample, SAMPLE_SCHEMA, sampleFields } from "./sample-fields.ts";

/** The body of `POST /v1/endpoints`: its configuration, and how it starts. */
export const NewEndpointBody = z
  .strictObject({
    ...EndpointFields.shape,
    secret: OwnSecret.optional(),
    status: z.enum(["active", "paused"], "active or paused").default("active").meta({
      description: "`paused`: events join its backlog from now on, and nothing is sent until it is resumed.",
    }),
  })
  .refine(hasOneAuthorization, oneAuthorization)
  .refine(isWritable, notWritable)
  .transform(({ url, secret, status, ...rest }) => ({
    config: withPreset({ ...rest, ...url }),
    start: { isPaused: status === "paused", ...(secret !== undefined && { secret }) },
  }))
  .meta({ id: "EndpointInput", override: NOT_WRITABLE_SCHEMA });

/** The body of `POST /v1/endpoints/check`. */
export const UrlBody = z
  .strictObject({ url: EndpointFields.shape.url })
  .transform(({ url }) => url)
  .meta({ id: "UrlInput" });

/** The body of `POST /v1/endpoints/{id}/pause`: empty, or when the pause ends. */
export const PauseBody = z
  .strictObject({
    until: Instant.optional().meta({ description: "When the pause ends. Default: when the endpoint is resumed." }),
  })
  .transform(({ until }) => ({ until: until === undefined ? undefined : Date.parse(until) }))
  .meta({ id: "PauseInput" });

const OVERLAP_ALLOWED = `a whole number of hours from 0 to ${LIMITS.overlapHoursMax}`;

/** The body of `POST /v1/endpoints/{id}/secret/rotate`: empty, or how long the old secret still signs. */
export const RotateBody = z
  .strictObject({
    overlapHours: z
      .int(OVERLAP_ALLOWED)
      .min(0, OVERLAP_ALLOWED)
      .max(LIMITS.overlapHoursMax, OVERLAP_ALLOWED)
      .default(LIMITS.overlapHours)
      .meta({ description: "Hours that the old secret still signs, besides the new one; use 0 after a leak." }),
    secret: OwnSecret.optional(),
  })
  .meta({ id: "RotateInput" });

/** The body of `POST /v1/endpoints/{id}/test`: empty, or which sample is sent. */
export const SampleBody = z
  .strictObject(sampleFields)
  .refine(isSample, notASample)
  .meta({ id: "SampleInput", override: SAMPLE_SCHEMA });

/** The body of `POST /v1/events/{id}/resend`: empty, or the endpoints to send to. */
export const ResendBody = z
  .strictObject({
    endpoints: z
      .array(EndpointIdParam, "a list of endpoint ids")
      .min(1, `1 to ${LIMITS.endpointsPerAccount} endpoint ids`)
      .max(LIMITS.endpointsPerAccount, `1 to ${LIMITS.endpointsPerAccount} endpoint ids`)
      .optional()
      .meta({
        description: "Ids of endpoints, subscribed to its type or not. Default: all endpoints that subscribe to it.",
      }),
  })
  .meta({ id: "ResendInput" });

const ACKNOWLEDGED_ALLOWED = `1 to ${LIMITS.pageMax} event ids`;

/** The body of `POST /v1/endpoints/{id}/acknowledge`. */
export const AcknowledgeBody = z
  .strictObject({
    events: z
      .array(EventIdParam, ACKNOWLEDGED_ALLOWED)
      .min(1, ACKNOWLEDGED_ALLOWED)
      .max(LIMITS.pageMax, ACKNOWLEDGED_ALLOWED)
      .meta({ description: "Ids of events whose deliveries to the endpoint are pending." }),
  })
  .meta({ id: "AcknowledgeInput" });

const BACKLOG_ALLOWED = '"deliver", "skip", or {"since": a time}';

/** The body of `POST /v1/endpoints/{id}/resume`: empty, or what happens to the backlog. */
export const ResumeBody = z
  .strictObject({
    backlog: z
      .union([z.enum(["deliver", "skip"]), z.strictObject({ since: Instant })], { error: BACKLOG_ALLOWED })
      .default("deliver")
      .meta({
        description:
          "`deliver` the backlog, `skip` it, or deliver only events accepted `since` a time. Skipped deliveries are cancelled.",
      }),
  })
  .transform(({ backlog }) => ({
    backlog: typeof backlog === "string" ? backlog : { since: Date.parse(backlog.since) },
  }))
  .meta({ id: "ResumeInput" });

const STATUSES_ALLOWED = `1 to ${RECOVERED_STATUSES.length} different ones of ${RECOVERED_STATUSES.join(", ")}`;

/** The body of `POST /v1/recoveries`. */
export const RecoveryBody = z
  .strictObject({
    endpoint: EndpointIdParam.optional().meta({ description: "Default: all endpoints of the account." }),
    since: Instant.optional().meta({
      description: `Events accepted at this time or later, within the account's retention. Default: ${LIMITS.recoveryHours} hours ago.`,
    }),
    until: Instant.optional().meta({ description: "Events accepted before this time. Default: now." }),
    types: EventTypes.optional().meta({
      description:
        "Exact types and patterns, as of an endpoint. Default: all types; for `unsent`, those that the endpoint subscribes to.",
    }),
    statuses: z
      .array(z.enum(RECOVERED_STATUSES, RECOVERED_STATUSES.join(", ")), STATUSES_ALLOWED)
      .min(1, STATUSES_ALLOWED)
      .max(RECOVERED_STATUSES.length, STATUSES_ALLOWED)
      .refine((statuses) => new Set(statuses).size === statuses.length, { error: STATUSES_ALLOWED })
      .default(["exhausted", "cancelled"])
      .meta({
        description:
          "Which deliveries are sent again. `pending`: they are due now instead of later. `unsent`: events without a delivery to `endpoint`, such as those from before it was registered.",
        override: { uniqueItems: true },
      }),
    dryRun: z.boolean("true or false").default(false).meta({ description: "Only estimates; creates nothing." }),
  })
  .transform(({ dryRun, endpoint, since, until, types, statuses }) => ({
    isDryRun: dryRun,
    request: {
      statuses,
      ...(endpoint !== undefined && { endpoint }),
      ...(since !== undefined && { since: Date.parse(since) }),
      ...(until !== undefined && { until: Date.parse(until) }),
      ...(types !== undefined && { types }),
    },
  }))
  .meta({ id: "RecoveryInput" });
