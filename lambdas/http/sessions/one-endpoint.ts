import { RappelError } from "../../shared/errors.ts";
import type { Route } from "../routes/route.ts";

/**
 * Keeps a session of one endpoint to it. Another endpoint gets the same error as an unknown one.
 * @param only the session's endpoint; absent: everything is allowed
 * @returns the query, which names the endpoint where the route has such a filter
 * @throws {RappelError} `SESSION_RESTRICTED`, `ENDPOINT_NOT_FOUND`
 */
export function queryWithin(
  { ofEndpoint }: Pick<Route, "ofEndpoint">,
  only: string | undefined,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (only === undefined || ofEndpoint === "own" || ofEndpoint === "any") return query;
  if (ofEndpoint === undefined)
    throw new RappelError("SESSION_RESTRICTED", `This session is about the endpoint ${only} alone: it may not do this`);
  const { id } = params;
  const { endpoint = only } = query;
  if ((ofEndpoint === "path" ? id : endpoint) !== only)
    throw new RappelError("ENDPOINT_NOT_FOUND", "The account has no endpoint with this id");
  return ofEndpoint === "path" ? query : { ...query, endpoint };
}
