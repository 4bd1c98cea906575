import { RappelError } from "../../shared/errors.ts";

type Headers = Readonly<Record<string, string>>;

const HOST = /^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i;

/**
 * The origin under which the caller reached this service, such as `https://hooks.example.com`. API Gateway answers only
 * under its own names and sets both headers.
 * @throws {RappelError} `REQUEST_INVALID` without a valid Host
 */
export function ownOrigin(headers: Headers): string {
  const { host = "", "x-forwarded-proto": scheme = "https" } = headers;
  if (!HOST.test(host)) throw new RappelError("REQUEST_INVALID", "The request has no valid Host header");
  return `${scheme === "http" ? "http" : "https"}://${host.toLowerCase()}`;
}

/**
 * Refuses what a page of another site sent. A browser adds a cookie to such a request by itself, but no page can forge these
 * headers. `Sec-Fetch-Site` is decisive where the browser sends it.
 * @param isOriginRequired whether a request with neither header is refused too: one that a cookie authenticates
 * @throws {RappelError} `ORIGIN_FORBIDDEN`
 */
export function requireOwnOrigin(headers: Headers, isOriginRequired: boolean): void {
  const { origin, "sec-fetch-site": site } = headers;
  const isAllowed =
    site !== undefined
      ? site === "same-origin"
      : origin !== undefined
        ? origin.toLowerCase() === ownOrigin(headers)
        : !isOriginRequired;
  if (isAllowed) return;
  throw new RappelError(
    "ORIGIN_FORBIDDEN",
    "A session can be used only by the pages of this service: the request needs their Origin. Other programs send a key",
  );
}

/**
 * How a 401 asks for credentials. For a Basic challenge a browser would open a dialog of its own, so scripts of a page get
 * another one.
 */
export function challengeFor(code: "KEY_INVALID" | "SESSION_INVALID", headers: Headers): string {
  const isPage = code === "SESSION_INVALID" || headers["sec-fetch-dest"] === "empty";
  return isPage ? 'Session realm="Rappel"' : 'Basic realm="Rappel", charset="UTF-8"';
}
