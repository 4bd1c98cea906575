import type * as z from "zod";
import { hasScope, type Scope } from "../accounts/model/key.ts";
import type { ActivityQuery } from "../ports/activity.ts";
import { RappelError } from "../shared/errors.ts";
import { type IdPrefix, lowestId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import type { BounceQuery } from "../stats/model/bounce.ts";
import type { Routes } from "./routes.ts";
import { endpointSearch } from "./views/endpoint-views.ts";

/** A list's query parameters for the ports: cursors and times are both positions in the order of ids. */
export function pageQuery({ limit, cursor }: { limit: number; cursor?: string | undefined }): {
  limit: number;
  before?: string;
} {
  return { limit, ...(cursor !== undefined && { before: cursor }) };
}

/** A page of endpoints; a smaller one if what is pending is counted for each. */
export function endpointQuery(
  { include, limit, status, search, ...page }: z.output<Routes["listEndpoints"]["query"]>,
  scopes: readonly Scope[],
) {
  const size = include === "pending" ? Math.min(limit, LIMITS.pendingPage) : limit;
  return {
    ...pageQuery({ ...page, limit: size }),
    ...(status !== undefined && { statuses: status }),
    ...(search !== undefined && { matches: endpointSearch(search, scopes) }),
  };
}

/** @throws {RappelError} `SCOPE_MISSING` for payloads that the key may not read */
export function eventQuery({ include, ...query }: z.output<Routes["listEvents"]["query"]>, scopes: readonly Scope[]) {
  if (include === "payload" && !hasScope(scopes, "read"))
    throw new RappelError(
      "SCOPE_MISSING",
      'Payloads need a key with the scope "read": list the events without include',
    );
  return betweenQuery(query);
}

export function deliveryQuery({ status: statuses, ...query }: z.output<Routes["listDeliveries"]["query"]>) {
  return betweenQuery({ ...query, statuses });
}

export function activityQuery(query: z.output<Routes["listActivity"]["query"]>): ActivityQuery {
  return betweenQuery(query, "act");
}

interface Between {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** @param prefix of the list's ids */
function betweenQuery<T extends Between>({ limit, cursor, after, before, ...filters }: T, prefix: IdPrefix = "evt") {
  const places = [cursor, before === undefined ? undefined : lowestId(Date.parse(before), prefix)];
  const lowest = places.filter((place) => place !== undefined).toSorted()[0];
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
  return {
    ...(given as Given<typeof filters>),
    limit,
    ...(lowest !== undefined && { before: lowest }),
    ...(after !== undefined && { after: lowestId(Date.parse(after), prefix) }),
  };
}

export function bounceQuery({ since: after, cursor, include }: z.output<Routes["listBounces"]["query"]>): BounceQuery {
  const { limit: _, ...between } = betweenQuery({ limit: 0, cursor, after });
  return { ...between, isSoftIncluded: include === "soft" };
}
