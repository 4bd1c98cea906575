import { BADNAME, NODATA, NOTFOUND, Resolver } from "node:dns/promises";
import { Fault } from "./failure.ts";

/** All addresses of a name, IPv4 first. @throws {Fault} `dns_not_found`, `dns_failed` */
export type Resolve = (name: string) => Promise<string[]>;

const TRY_MS = 2_000; // ours: a name server that is slower than this, twice, counts as failed
const TRIES = 2;
const UNKNOWN = [NOTFOUND, NODATA, BADNAME];

/**
 * Asks the name servers directly (c-ares), not through getaddrinfo: that runs on four threads which all else shares, so
 * four slow names would hold up everything.
 * @param servers to be asked instead of the machine's own, as `address:port`
 */
export function dnsResolve(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const isUnknown = answers.every((answer) => answer.status === "fulfilled" || UNKNOWN.includes(answer.reason?.code));
    throw isUnknown
      ? new Fault("dns_not_found", "its name has no address")
      : new Fault("dns_failed", "its name servers did not answer");
  };
}
