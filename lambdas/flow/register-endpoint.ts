import { type Endpoint, type EndpointConfig, type EndpointState, newState } from "../core/endpoint.ts";
import { RappelError } from "../core/errors.ts";
import { newId } from "../core/ids.ts";
import { LIMITS } from "../core/limits.ts";
import { newSecret, SECRET_BYTES } from "../core/signature.ts";
import type { Clock, Dice, Endpoints, Guard } from "../ports.ts";
import { requireAllowed } from "./require-allowed.ts";

interface World {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly endpoints: Endpoints;
  readonly guard: Guard;
}

/** Registers a URL: every event accepted after this has answered finds it. */
export async function registerEndpoint(
  world: World,
  account: string,
  config: EndpointConfig,
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { clock, dice, endpoints, guard } = world;
  await requireAllowed(guard, config.url);
  const existing = await endpoints.list(account);
  if (existing.length >= LIMITS.endpointsPerAccount) {
    throw new RappelError(
      "ENDPOINT_LIMIT_REACHED",
      `The account has ${existing.length} endpoints; at most ${LIMITS.endpointsPerAccount} are allowed: delete one first`,
    );
  }
  const now = clock.now();
  const endpoint: Endpoint = {
    ...config,
    id: newId("ep", now, dice.random),
    account,
    secrets: [newSecret(dice.bytes(SECRET_BYTES))],
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  const state = newState(endpoint.id, account, now);
  await endpoints.add(endpoint, state);
  return { endpoint, state };
}
