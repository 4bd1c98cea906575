import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";

/** The host names under which a server on this machine answers. */
export interface AcceptedHosts {
  /** Whether it answers under every IP address, and not only under those of loopback. */
  readonly anyAddress: boolean;
  /** Names besides localhost, in lower case and without a port. */
  readonly names: readonly string[];
}

/** For a server that only this machine can reach. */
export const LOOPBACK_ONLY: AcceptedHosts = { anyAddress: false, names: [] };

const HOST_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * The host names of a service on an IP address.
 * @param names further names, for example of a container or a reverse proxy
 * @throws {RangeError} if `host` is no IP address, or a name is none
 */
export function acceptedHosts(host: string, names: readonly string[]): AcceptedHosts {
  if (isIP(host) === 0)
    throw new RangeError(
      `Cannot use --host ${host}: need an IP address of this machine, or 0.0.0.0 for all of them (a name goes to --allow-host)`,
    );
  const lowerCase = names.map((name) => name.toLowerCase());
  const wrong = lowerCase.find((name) => !HOST_NAME.test(name));
  if (wrong !== undefined)
    throw new RangeError(`Cannot use --allow-host ${wrong}: need a host name, without a scheme and a port`);
  return isLoopback(host)
    ? { anyAddress: false, names: lowerCase }
    : { anyAddress: true, names: [...lowerCase, hostname().toLowerCase()] };
}

/** Whether an IP address, or the name localhost, is this machine's own. IPv6 with or without brackets. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host) || /^\[?::1\]?$/.test(host);
}

/**
 * Refuses what a web page of another site sent. A page can give its own name this machine's address (DNS rebinding), and
 * could then read everything that needs no key: `Host` shows that name. It can also send a form to this machine's address:
 * `Origin` shows where it came from. An address in `Host` is harmless, because it cannot be given to another machine.
 * @returns whether it has responded, with 421 or 403
 */
export function refusesForeign(request: IncomingMessage, response: ServerResponse, accepted: AcceptedHosts): boolean {
  const { host = "", origin } = request.headers;
  const url = URL.parse(`http://${host}`);
  if (url === null || !/^[^@/?#\\]+$/.test(host) || !isAccepted(url.hostname, accepted)) {
    refuse(response, 421, "Use the host 127.0.0.1 or localhost, or start the service with --allow-host and this name");
    return true;
  }
  if (origin === undefined || URL.parse(origin)?.host === url.host) return false;
  refuse(response, 403, "This may not be requested by a page of another site");
  return true;
}

function isAccepted(name: string, { anyAddress, names }: AcceptedHosts): boolean {
  const isAddress = isIP(name.replace(/^\[|\]$/g, "")) > 0;
  return isLoopback(name) || (anyAddress && isAddress) || names.includes(name);
}

function refuse(response: ServerResponse, status: number, line: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" });
  response.end(`${line}\n`);
}
