/**
 * `__Host-`: the browser accepts it only with Secure, for this host alone and for every path, so that no other host of the
 * domain can set it. Source: RFC 6265bis, 4.1.3.2.
 */
const NAME = "__Host-rappel";
/** In the Content-Security-Policy: no site. */
const NO_SITE = "'none'";
const VALUE = new RegExp(`(?:^|;)\\s*${NAME}=([^;\\s]*)`);

/** The session's id and token in a request's cookies; `undefined` if there are none. */
export function sessionIn(cookies: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const value = VALUE.exec(cookies ?? "")?.[1];
  if (value === undefined || value === "") return undefined;
  const [id = "", secret = ""] = value.split(".");
  return { id, secret };
}

/**
 * The header that sets the cookie, or removes it with an empty token.
 * @param seconds how long the browser keeps it
 * @param frameAncestors the sites that may embed the console, or `'none'`. Each embedding site has its own cookie (CHIPS).
 */
export function sessionCookie(token: string, seconds: number, frameAncestors: string): Record<string, string> {
  const sites = frameAncestors === NO_SITE ? "SameSite=Lax" : "SameSite=None; Partitioned";
  return { "set-cookie": `${NAME}=${token}; Path=/; HttpOnly; Secure; ${sites}; Max-Age=${Math.max(0, seconds)}` };
}
