import { listCallbacks } from "./find-callbacks.ts";
import { heldUntil, withoutEndpoints } from "./model/callback-set.ts";
import { type CallbackPorts, waitAtRandom, writeConflict } from "./sync-endpoints.ts";

const TRIES = 24; // ours, as for other changes of a callback set

/**
 * Decides about an endpoint that has no configuration, or is deleted and held. The callback set decides, so that a
 * registration at the same moment either restores the endpoint or comes too late, whatever crashes in between.
 * @returns `gone`: its backlog may be cancelled; `restored`: it is in use, and was completed; `held`: its time is not over
 */
export async function settleDeletion(
  ports: CallbackPorts,
  account: string,
  endpoint: string,
): Promise<"gone" | "restored" | "held"> {
  const { callbacks, clock } = ports;
  for (let tries = 0; tries < TRIES; tries++) {
    const callbackSet = await callbacks.read(account);
    if (callbackSet.endpoints.some(({ id }) => id === endpoint)) {
      await listCallbacks(ports, account);
      return "restored";
    }
    const until = heldUntil(callbackSet, endpoint);
    if (until === undefined) return "gone";
    if (clock.now() < until) return "held";
    // From here on no registration can restore it.
    if (await callbacks.replace(account, withoutEndpoints(callbackSet, [endpoint]))) return "gone";
    await waitAtRandom(ports);
  }
  throw writeConflict();
}
