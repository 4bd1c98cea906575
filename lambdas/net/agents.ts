import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { isIPv6 } from "node:net";
import type { Clock } from "../ports.ts";
import type { AddressGuard } from "./guard.ts";
import { NameFault } from "./resolver.ts";

export interface AgentOptions {
  /** Certificate authorities to trust instead of Node's own, PEM. */
  readonly ca?: string;
}

// A function that is frozen between invocations does not see its idle connections close. Ours, under the 5 s after which
// Node's own server, among others, closes them.
const STALE_MS = 3_000;

/** Hands out the shared agents (an agent per request is 11 times slower), new ones after a pause. */
export function agentKeeper(guard: AddressGuard, clock: Clock, { ca }: AgentOptions) {
  const lookup = vettedLookup(guard);
  // Set by hand so that no environment variable can switch the verification of certificates off.
  const tls = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
  const create = () => ({
    http: new HttpAgent({ keepAlive: true, lookup, autoSelectFamily: true }),
    https: new HttpsAgent({ keepAlive: true, lookup, autoSelectFamily: true, ...tls }),
  });
  let agents = create();
  let usedAt = clock.now();

  return {
    agentFor(protocol: string): HttpAgent | HttpsAgent {
      const now = clock.now();
      if (now - usedAt > STALE_MS) {
        // Requests under way keep their sockets; `destroy` would end those too.
        for (const agent of [agents.http, agents.https])
          for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
        agents = create();
      }
      usedAt = now;
      return protocol === "https:" ? agents.https : agents.http;
    },
  };
}

/** Connections go to the very addresses that were vetted: there is no second look-up for an answer to change in. */
function vettedLookup(guard: AddressGuard): LookupFunction {
  return (name, options, done) => {
    guard.vettedAddresses(name.replace(/\.$/, "")).then(
      (addresses) => {
        const entries = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
        const [first] = entries;
        if (options.all === true) done(null, entries);
        else if (first !== undefined) done(null, first.address, first.family);
        else done(new NameFault("dns_not_found", "its name has no address"), "", 0);
      },
      (error: Error) => done(error, "", 0),
    );
  };
}
