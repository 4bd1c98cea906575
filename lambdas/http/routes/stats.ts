import { StatsQueryFields, StatsView } from "../views/stats-views.ts";
import type { Route } from "./route.ts";

/** What one's own dashboard is made of. */
export const statsRoutes = {
  getStats: {
    method: "GET",
    path: "/v1/stats",
    function: "api",
    scope: "read",
    summary: "How many events, what became of them, and which e-mails arrived, over time",
    query: StatsQueryFields,
    answer: { status: 200, schema: StatsView },
    errors: ["FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
