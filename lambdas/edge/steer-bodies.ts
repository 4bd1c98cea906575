import * as z from "zod";
import { LIMITS } from "../core/limits.ts";
import { EndpointIdParam, Instant } from "./fields.ts";

/** The body of `POST /v1/endpoints/{id}/pause`: nothing, or when the pause ends by itself. */
export const PauseBody = z
  .strictObject({
    until: Instant.optional().meta({ description: "When it ends by itself; without it, by resume only." }),
  })
  .transform(({ until }) => ({ until: until === undefined ? undefined : Date.parse(until) }))
  .meta({ id: "PauseInput" });

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
