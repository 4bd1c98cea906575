import * as z from "zod";
import { Instant } from "./fields.ts";

/** The body of `POST /v1/endpoints/{id}/pause`: `{}`, or when the pause ends by itself. */
export const PauseBody = z
  .strictObject({
    until: Instant.optional().meta({ description: "When it ends by itself; without it, by resume only." }),
  })
  .transform(({ until }) => ({ until: until === undefined ? undefined : Date.parse(until) }))
  .meta({ id: "PauseInput" });
