import { LIMITS } from "../../shared/limits.ts";

export interface Userinfo {
  readonly user: string;
  readonly password: string;
}
export interface SplitUrl {
  readonly url: string;
  readonly userinfo?: Userinfo;
}

export const MASK = "***";
/** A url in the OpenAPI document: what a pattern can say of `splitUrl`. */
export const URL_SCHEMA = {
  type: "string",
  format: "uri",
  minLength: "http://a".length,
  maxLength: LIMITS.urlChars,
  pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\\\]+$",
} as const;
// Set by Rappel, by HTTP's framing or by the connection: a custom header would be wrong, or allow request smuggling.
const RESERVED = new Set(
  "accept-encoding connection content-encoding content-length content-type date expect host http2-settings keep-alive te trailer transfer-encoding upgrade via".split(
    " ",
  ),
);
const RESERVED_PREFIXES = ["webhook-", "rappel-", "proxy-"];

/** The names that `isReservedHeader` refuses, as a pattern without flags. */
export const RESERVED_HEADER_PATTERN = (() => {
  const anyCase = (name: string) => name.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
  return `^(${[...RESERVED].map(anyCase).join("|")})$|^(${RESERVED_PREFIXES.map(anyCase).join("|")})`;
})();

export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** Splits a URL, or returns what is allowed. The guard decides separately whether its address is allowed. */
export function splitUrl(text: string): SplitUrl | string {
  // The URL parser removes tabs, line breaks and outer spaces, and replaces unpaired surrogates: the stored URL
  // would differ from the one in the request.
  if (/[\s\p{Cc}\p{Cs}\\]/u.test(text))
    return "a URL without whitespace, control characters, backslashes or unpaired surrogates";
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
    return text; // a single % is kept as it is
  }
}

/** The URL with its user and password. */
export function withUserinfo(url: string, { user, password }: Userinfo): string {
  return url.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}

/** A URL as it was given, byte for byte, with its user and password masked as in `shownUrl`. */
export function maskedText(text: string, split: SplitUrl): string {
  if (split.userinfo === undefined) return text;
  // The user and password end at the last @ before the path.
  const [all, scheme = "", given = ""] = /^(https?:\/\/+)([^/?#]*)@/i.exec(text) ?? [];
  if (all === undefined) return shownUrl(split);
  const [user = ""] = given.split(":");
  return `${scheme}${split.userinfo.password === "" ? MASK : `${user}:${MASK}`}@${text.slice(all.length)}`;
}

/** The URL as it is shown: without the password, and without a user name that has no password, because it may be a token. */
export function shownUrl({ url, userinfo }: SplitUrl): string {
  if (userinfo === undefined) return url;
  const { user, password } = userinfo;
  const shown = password === "" ? MASK : `${encodeURIComponent(user)}:${MASK}`;
  return url.replace("://", `://${shown}@`);
}
