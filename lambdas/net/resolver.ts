import { NODATA, NOTFOUND, Resolver } from "node:dns/promises";
import type { Outcome } from "../core/attempt.ts";

/** Why a name gave no address to connect to. */
export class NameFault extends Error {
  override readonly name = "NameFault";
  readonly outcome: Extract<Outcome, "dns_not_found" | "dns_failed" | "address_forbidden">;
  constructor(outcome: NameFault["outcome"], message: string) {
    super(message);
    this.outcome = outcome;
  }
}

/** All addresses of a name, IPv4 first. @throws {NameFault} */
export type Resolve = (name: string) => Promise<string[]>;

const TRY_MS = 2_000; // ours: a name server that is slower than this, twice, counts as failed
const TRIES = 2;

/**
 * Asks the name servers directly (c-ares), not through getaddrinfo: that runs on four threads which all else shares, so
 * four slow names would hold up everything.
 */
export function dnsResolve(): Resolve {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  return async (name) => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const isUnknown = [v4, v6].every(
      (answer) => answer.status === "fulfilled" || [NOTFOUND, NODATA].includes(answer.reason?.code),
    );
    throw isUnknown
      ? new NameFault("dns_not_found", "its name has no address")
      : new NameFault("dns_failed", "its name servers did not answer");
  };
}
