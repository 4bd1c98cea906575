import * as z from "zod";
import { ActivityView } from "../responses/account-responses.ts";
import { listOf } from "../responses/common.ts";
import { ActivityCursor, EndpointIdParam, Instant, Limit } from "../schemas/fields.ts";
import type { Route } from "./route.ts";

/** What users changed. */
export const activityRoutes = {
  listActivity: {
    method: "GET",
    path: "/v1/activity",
    function: "api",
    scope: "read",
    ofEndpoint: "query",
    summary: "List who changed endpoints, callbacks, keys and the account, newest first",
    query: z.strictObject({
      limit: Limit,
      cursor: ActivityCursor.optional(),
      endpoint: EndpointIdParam.optional().meta({ description: "Only changes of this endpoint, deleted or not." }),
      after: Instant.optional().meta({ description: "Made at this time or later." }),
      before: Instant.optional().meta({ description: "Made before this time." }),
    }),
    answer: { status: 200, schema: listOf(ActivityView, "ActivityList") },
    errors: ["FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
