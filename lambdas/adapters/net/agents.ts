import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIPv6, type LookupFunction } from "node:net";
import type { Clock } from "../../ports/clock.ts";
import type { AddressGuard } from "./guard.ts";

export interface AgentOptions {
  /** Certificate authorities to trust instead of Node's own, PEM. */
  readonly ca?: string;
}

// Ours, under the 5 s after which Node's own server, among others, closes an idle connection. It also bounds how many
// stay open to receivers that never close: a Lambda function has 1,024 file descriptors.
const IDLE_MS = 3_000;
// Ours. Node's default of 250 ms gives up on every receiver that is farther away than that and has a second address,
// such as an IPv6 one that a Lambda function cannot reach. A lost SYN is sent again after 1 s.
const ADDRESS_TRY_MS = 2_500;

/** Hands out the shared agents: an agent per request is 11 times slower. */
export function agentPool(guard: AddressGuard, clock: Pick<Clock, "now">, { ca }: AgentOptions) {
  const options = {
    keepAlive: true,
    timeout: IDLE_MS, // of idle connections only: it does not end a request
    lookup: vettedLookup(guard),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TRY_MS,
  };
  const http = new HttpAgent(options);
  // Set by hand so that no environment variable can switch the verification off or weaken it.
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
      // A function that was frozen in between did not see its idle connections close.
      if (now - usedAt > IDLE_MS) for (const agent of [http, https]) closeIdle(agent);
      usedAt = now;
      return protocol === "https:" ? https : http;
    },
  };
}

/** Leaves requests under way alone, which `agent.destroy()` would not. An agent never hands out a destroyed socket. */
function closeIdle({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
}

/** Connections go to the very addresses that were vetted: there is no second look-up for an answer to change in. */
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
