import { BADNAME, NODATA, NOTFOUND, Resolver } from "node:dns/promises";
import { LIMITS } from "../../shared/limits.ts";
import { Fault } from "./failure.ts";

/** All addresses of a name, IPv4 first. @throws {Fault} `dns_not_found`, `dns_failed` */
export type Resolve = (name: string) => Promise<string[]>;

const UNKNOWN = [NOTFOUND, NODATA, BADNAME];

/**
 * Queries the name servers directly (c-ares). getaddrinfo uses libuv's four threads, so four slow names would block all
 * other work on them.
 * @param servers to query instead of the machine's own, as `address:port`
 */
export function dnsResolve(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: LIMITS.dnsTryMs, tries: LIMITS.dnsTries });
  if (servers !== undefined) resolver.setServers(servers);
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const isUnknown = answers.every((answer) => answer.status === "fulfilled" || UNKNOWN.includes(answer.reason?.code));
    throw isUnknown
      ? new Fault("dns_not_found", "its host name has no address")
      : new Fault("dns_failed", "the host's name servers did not respond");
  };
}
