import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIPv6, type LookupFunction } from "node:net";
import type { Clock } from "../../ports/clock.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { AddressGuard } from "./guard.ts";

export interface AgentOptions {
  /** Certificate authorities to trust instead of Node's own, PEM. */
  readonly ca?: string;
}

/** The shared agents: an agent per request is 11 times slower. */
export function agentPool(guard: AddressGuard, clock: Pick<Clock, "now">, { ca }: AgentOptions) {
  const options = {
    keepAlive: true,
    // Of idle connections only: it does not end a request. It also limits how many stay open: Lambda has 1,024 descriptors.
    timeout: LIMITS.idleConnectionMs,
    lookup: vettedLookup(guard),
    autoSelectFamily: true,
    // Node's default of 250 ms is too short for distant receivers with a second address, such as an IPv6 address that a
    // Lambda function cannot reach. A lost SYN is sent again after 1 s.
    autoSelectFamilyAttemptTimeout: LIMITS.addressTryMs,
  };
  const http = new HttpAgent(options);
  // Set explicitly, so that no environment variable can switch off or weaken the verification.
  const https = new HttpsAgent({
    ...options,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(ca !== undefined && { ca }),
  });
  let usedAt = clock.now();

  return {
    agentFor(protocol: string): HttpAgent | HttpsAgent {
      const now = clock.now();
      // A function that was frozen did not notice that its idle connections were closed.
      if (now - usedAt > LIMITS.idleConnectionMs) for (const agent of [http, https]) closeIdle(agent);
      usedAt = now;
      return protocol === "https:" ? https : http;
    },
  };
}

/** Unlike `agent.destroy()`, this does not end running requests. An agent never reuses a destroyed socket. */
function closeIdle({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
}

/** Connects to exactly the addresses that were checked, without a second DNS query whose result could differ. */
function vettedLookup(guard: AddressGuard): LookupFunction {
  return (name, options, done) => {
    guard.vettedAddresses(name.replace(/\.$/, "")).then(
      ([first, ...others]) => {
        const family = isIPv6(first) ? 6 : 4;
        if (options.all !== true) done(null, first, family);
        else
          done(
            null,
            [first, ...others].map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
          );
      },
      (error: Error) => done(error, "", 0),
    );
  };
}
