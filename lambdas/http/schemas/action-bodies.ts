import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { EndpointIdParam, Instant } from "./fields.ts";
import { isSample, notASample, SAMPLE_SCHEMA, sampleFields } from "./sample-fields.ts";

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
