import type { Endpoint, EndpointConfig, EndpointState } from "../core/endpoint.ts";
import { RappelError } from "../core/errors.ts";
import type { Clock, Endpoints, Guard, States } from "../ports.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { requireAllowed } from "./require-allowed.ts";

interface World {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly guard: Guard;
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
  return { endpoint: changed, state };
}

/** @throws {RappelError} `ENDPOINT_NOT_FOUND` */
export async function deleteEndpoint(
  { clock, endpoints }: Pick<World, "clock" | "endpoints">,
  account: string,
  id: string,
): Promise<void> {
  if ((await endpoints.remove(account, id, clock.now())) === "not found")
    throw new RappelError("ENDPOINT_NOT_FOUND", "The account has no endpoint with this id");
}
