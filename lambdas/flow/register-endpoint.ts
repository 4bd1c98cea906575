import { type Endpoint, type EndpointConfig, type EndpointState, newState } from "../core/endpoint.ts";
import { RappelError } from "../core/errors.ts";
import { newId } from "../core/ids.ts";
import { newSecret, SECRET_BYTES } from "../core/signature.ts";
import type { Accounts, Clock, Dice, Endpoints, Guard, States, Timer } from "../ports.ts";
import { requireStanding } from "./find-account.ts";
import { requireAllowed } from "./require-allowed.ts";
import { relieve, requireBackup } from "./require-backup.ts";

interface World {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
  readonly guard: Guard;
}

/** Registers a URL: every event accepted after this has answered finds it. */
export async function registerEndpoint(
  world: World,
  account: string,
  config: EndpointConfig,
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { accounts, clock, dice, endpoints, guard } = world;
  await requireAllowed(guard, config.url);
  const [standing, existing] = await Promise.all([accounts.find(account), endpoints.list(account)]);
  requireStanding(standing);
  if (existing.length >= standing.limits.endpoints) {
    throw new RappelError(
      "ENDPOINT_LIMIT_REACHED",
      `The account has ${existing.length} endpoints; at most ${standing.limits.endpoints} are allowed: delete one first`,
    );
  }
  requireBackup(config, existing);
  const now = clock.now();
  if (standing.createdAt === undefined) await accounts.register(account, now);
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
  await relieve(world, config);
  return { endpoint, state };
}
