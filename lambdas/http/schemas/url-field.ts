interface Userinfo {
  readonly user: string;
  readonly password: string;
}
export interface SplitUrl {
  readonly url: string;
  readonly userinfo?: Userinfo;
}

export const MASK = "***";
// Set by Rappel, by HTTP's framing, or by the connection: a header of the same name would lie or smuggle.
const RESERVED = new Set(
  "accept-encoding connection content-encoding content-length content-type date expect host http2-settings keep-alive te trailer transfer-encoding upgrade via".split(
    " ",
  ),
);
const RESERVED_PREFIXES = ["webhook-", "rappel-", "proxy-"];

export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** Takes a URL apart, or says what would have been allowed. Whether its address may be reached is the guard's to say. */
export function splitUrl(text: string): SplitUrl | string {
  // The URL parser drops tabs and line breaks and trims spaces: what is stored would not be what was sent.
  if (/[\s\p{Cc}\\]/u.test(text)) return "a URL without white space, control characters or backslashes";
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return "an http:// or https:// URL";
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  if (username === "" && password === "") return { url: url.href };
  const userinfo = { user: decoded(username), password: decoded(password) };
  if (userinfo.user.includes(":")) return "a user name without a colon";
  return { url: url.href, userinfo };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is kept as it is written
  }
}

/** The URL as it was given, its user and password written back. */
export function withUserinfo(url: string, { user, password }: Userinfo): string {
  return url.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}

/** The URL as it is shown: a password is never, and a user name that stands alone may be a token. */
export function shownUrl({ url, userinfo }: SplitUrl): string {
  if (userinfo === undefined) return url;
  const { user, password } = userinfo;
  const shown = password === "" ? MASK : `${encodeURIComponent(user)}:${MASK}`;
  return url.replace("://", `://${shown}@`);
}
