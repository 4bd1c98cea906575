import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { EndpointIdParam, Instant } from "./fields.ts";
import { isSample, notASample, sampleFields } from "./sample-fields.ts";

/** The body of `POST /v1/endpoints/{id}/pause`: nothing, or when the pause ends by itself. */
export const PauseBody = z
  .strictObject({
    until: Instant.optional().meta({ description: "When it ends by itself; without it, by resume only." }),
  })
  .transform(({ until }) => ({ until: until === undefined ? undefined : Date.parse(until) }))
  .meta({ id: "PauseInput" });

const OVERLAP_ALLOWED = `a whole number of hours from 0 to ${LIMITS.overlapHoursMax}`;

/** The body of `POST /v1/endpoints/{id}/secret/rotate`: nothing, or for how long the old secret signs too. */
export const RotateBody = z
  .strictObject({
    overlapHours: z
      .int(OVERLAP_ALLOWED)
      .min(0, OVERLAP_ALLOWED)
      .max(LIMITS.overlapHoursMax, OVERLAP_ALLOWED)
      .default(24)
      .meta({ description: "How long the old secret signs beside the new one; 0 after a leak." }),
  })
  .meta({ id: "RotateInput" });

/** The body of `POST /v1/endpoints/{id}/test`: nothing, or which sample is sent. */
export const SampleBody = z.strictObject(sampleFields).refine(isSample, notASample).meta({ id: "SampleInput" });

/** The body of `POST /v1/events/{id}/resend`: nothing, or where to. */
export const ResendBody = z
  .strictObject({
    endpoints: z
      .array(EndpointIdParam, "a list of endpoint ids")
      .min(1, `1 to ${LIMITS.endpointsPerAccount} endpoint ids`)
      .max(LIMITS.endpointsPerAccount, `1 to ${LIMITS.endpointsPerAccount} endpoint ids`)
      .optional()
      .meta({ description: "Whether or not they ask for its type; without it, all that do." }),
  })
  .meta({ id: "ResendInput" });

const BACKLOG_ALLOWED = '"deliver", "skip", or {"since": a time}';

/** The body of `POST /v1/endpoints/{id}/resume`: nothing, or what becomes of what waited. */
export const ResumeBody = z
  .strictObject({
    backlog: z
      .union([z.enum(["deliver", "skip"]), z.strictObject({ since: Instant })], { error: BACKLOG_ALLOWED })
      .default("deliver")
      .meta({
        description:
          "`deliver` all that waits; `skip` it; or deliver what was accepted `since` a time. What is skipped is cancelled.",
      }),
  })
  .transform(({ backlog }) => ({
    backlog: typeof backlog === "string" ? backlog : { since: Date.parse(backlog.since) },
  }))
  .meta({ id: "ResumeInput" });
