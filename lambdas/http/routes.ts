import { aboutRoutes } from "./routes/about.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { activityRoutes } from "./routes/activity.ts";
import { callbackRoutes } from "./routes/callbacks.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { eventRoutes } from "./routes/events.ts";
import { exportRoutes } from "./routes/export.ts";
import { ingestRoutes } from "./routes/ingest.ts";
import { operationRoutes } from "./routes/operations.ts";
import { recoveryRoutes } from "./routes/recoveries.ts";
import type { Route } from "./routes/route.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { statsRoutes } from "./routes/stats.ts";

/**
 * The table of routes, by operation. The router, the API Gateway routes, the OpenAPI document and the table in docs/api.md
 * are all made from it.
 */
export const routes = {
  ...ingestRoutes,
  ...endpointRoutes,
  ...eventRoutes,
  ...recoveryRoutes,
  ...statsRoutes,
  ...exportRoutes,
  ...accountRoutes,
  ...sessionRoutes,
  ...activityRoutes,
  ...callbackRoutes,
  ...operationRoutes,
  ...aboutRoutes,
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type Operation = keyof Routes;
/** The rows in the order of docs/api.md. */
export const ROUTES: readonly (Route & { readonly operation: Operation })[] = Object.entries(routes).flatMap(
  ([operation, route]) => (isOperation(operation) ? [{ operation, ...route }] : []),
);

function isOperation(name: string): name is Operation {
  return Object.hasOwn(routes, name);
}
