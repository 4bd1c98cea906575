import { aboutRoutes } from "./routes/about.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { callbackRoutes } from "./routes/callbacks.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { eventRoutes } from "./routes/events.ts";
import { acceptingRoutes } from "./routes/ingest.ts";
import type { Route } from "./routes/route.ts";
import { statsRoutes } from "./routes/stats.ts";

/**
 * The table of routes, each row under its operation's name. Router, gateway, OpenAPI document and the README's table are
 * all made from it.
 */
export const routes = {
  ...acceptingRoutes,
  ...endpointRoutes,
  ...eventRoutes,
  ...statsRoutes,
  ...accountRoutes,
  ...callbackRoutes,
  ...aboutRoutes,
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type Operation = keyof Routes;
/** The rows in the README's order. */
export const ROUTES: readonly (Route & { readonly operation: Operation })[] = Object.entries(routes).flatMap(
  ([operation, route]) => (isOperation(operation) ? [{ operation, ...route }] : []),
);

function isOperation(name: string): name is Operation {
  return Object.hasOwn(routes, name);
}
