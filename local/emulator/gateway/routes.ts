/** A route of an HTTP API, as API Gateway writes it: `$default` or `METHOD /path/{name}/{rest+}`. */
export interface Route {
  readonly key: string;
  readonly functionArn: string;
}

/** The route of a request, with the values of its path's variables. */
export interface Match {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the most specific route: a full match before a greedy `{name+}` before `$default`; at the same depth a literal
 * before a variable, and a route with the method before `ANY`. Source: API Gateway, "Routing API requests" for HTTP APIs.
 * @param path decoded, as the event carries it
 */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  let best: { match: Match; rank: string } | undefined;
  for (const route of routes) {
    const candidate = route.key === "$default" ? { rank: "9", pathParameters: {} } : fits(route.key, method, path);
    if (candidate && (!best || candidate.rank < best.rank)) {
      best = { match: { route, pathParameters: candidate.pathParameters }, rank: candidate.rank };
    }
  }
  return best?.match;
}

/** The smaller rank wins: first whether it is greedy, then a digit per segment (0 literal, 1 variable), then the method. */
function fits(key: string, method: string, path: string) {
  const [routeMethod, routePath = ""] = key.split(" ");
  if (routeMethod !== "ANY" && routeMethod !== method) return undefined;
  const want = segments(routePath);
  const have = segments(path);
  const pathParameters: Record<string, string> = {};
  const isAny = routeMethod === "ANY" ? 1 : 0;
  let rank = "";
  for (const [at, segment] of want.entries()) {
    const name = /^\{([^}+]+)(\+?)\}$/.exec(segment);
    if (name?.[1] && name[2]) {
      if (have.length <= at) return undefined;
      pathParameters[name[1]] = have.slice(at).join("/");
      return { rank: `1${rank}9${isAny}`, pathParameters };
    }
    const value = have[at];
    if (value === undefined || (!name && value !== segment)) return undefined;
    if (name?.[1]) pathParameters[name[1]] = value;
    rank += name ? "1" : "0";
  }
  return have.length === want.length ? { rank: `0${rank}${isAny}`, pathParameters } : undefined;
}

function segments(path: string): string[] {
  return path.replace(/^\//, "").split("/");
}
