import { StatsQueryFields, StatsView } from "../views/stats-views.ts";
import type { Route } from "./route.ts";

/** Numbers for a customer's own dashboard. */
export const statsRoutes = {
  getStats: {
    method: "GET",
    path: "/v1/stats",
    function: "api",
    scope: "read:status",
    namesAccounts: true,
    summary: "Count events, delivery outcomes or e-mails over time, also by endpoint or account",
    query: StatsQueryFields,
    answer: { status: 200, schema: StatsView },
    errors: ["FIELDS_INVALID", "ACCOUNT_REQUIRED"],
  },
} as const satisfies Record<string, Route>;
