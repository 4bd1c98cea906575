import type { Endpoint, EndpointConfig, EndpointState } from "../core/endpoint.ts";
import { RappelError } from "../core/errors.ts";
import type { Clock, Endpoints, Guard, States, Timer } from "../ports.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { requireAllowed } from "./require-allowed.ts";
import { resumeEndpoint } from "./steer-endpoint.ts";

interface World {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly guard: Guard;
  readonly timer: Timer;
}

/** @param revise makes the new configuration out of the present one, or throws what is wrong with the change */
export async function changeEndpoint(
  world: World,
  account: string,
  id: string,
  revise: (present: EndpointConfig) => EndpointConfig,
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { endpoint, state } = await findEndpoint(world, account, id);
  const config = revise(endpoint);
  if (config.url !== endpoint.url) await requireAllowed(world.guard, config.url);
  const { secrets, createdAt, version } = endpoint;
  const changed: Endpoint = {
    ...config,
    id,
    account,
    secrets,
    createdAt,
    updatedAt: world.clock.now(),
    version: version + 1,
  };
  if ((await world.endpoints.replace(changed)) === "changed meanwhile") {
    throw new RappelError(
      "WRITE_CONFLICT",
      "The endpoint was changed by another request at the same moment: read it and try again",
    );
  }
  // A new url has failed at nothing yet.
  const isRevived = config.url !== endpoint.url && (state.status === "failing" || state.status === "suspended");
  return isRevived ? resumeEndpoint(world, account, id) : { endpoint: changed, state };
}
