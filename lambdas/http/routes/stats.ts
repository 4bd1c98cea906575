import { listOf } from "../responses/common.ts";
import { BouncedAddressView, BounceQueryFields } from "../views/bounce-views.ts";
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
    ofEndpoint: "own",
    summary: "Count events, delivery outcomes or e-mails over time, also by endpoint or account",
    query: StatsQueryFields,
    answer: { status: 200, schema: StatsView },
    errors: ["FIELDS_INVALID", "ACCOUNT_REQUIRED", "SESSION_RESTRICTED"],
  },
  listBounces: {
    method: "GET",
    path: "/v1/bounces",
    function: "api",
    scope: "read",
    summary: "List e-mail addresses that bounced for good, from Mailjet's and Sarbacane's events, as JSON or CSV",
    query: BounceQueryFields,
    answer: { status: 200, schema: listOf(BouncedAddressView, "BounceList"), isCsvToo: true },
    errors: ["FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
