import { requireNotDeleted } from "../accounts/find-account.ts";
import type { Account } from "../accounts/model/account.ts";
import { newSecret, SECRET_BYTES } from "../payload/signature.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { Guard } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { requireAllowedUrl } from "./check-url.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import { type EndpointState, newState } from "./model/endpoint-state.ts";
import { requireValidBackup, wakeSuspendedMains } from "./validate-backup.ts";

interface World {
  readonly clock: Clock;
  readonly random: Random;
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
  const { clock, random, endpoints, guard } = world;
  await requireAllowedUrl(guard, config.url);
  const { standing, existing } = await requireEndpointQuota(world, account);
  requireValidBackup(config, existing);
  await ensureListed(world, standing);
  const endpoint = newEndpoint(world, account, newId("ep", clock.now(), random.next), config);
  const state = newState(endpoint.id, account, endpoint.createdAt);
  await endpoints.add(endpoint, state);
  await wakeSuspendedMains(world, config);
  return { endpoint, state };
}

/**
 * Makes sure that an account may have one more endpoint.
 * @returns what it is, and those it has
 * @throws {RappelError} `ACCOUNT_DELETED`, `ENDPOINT_LIMIT_REACHED`
 */
export async function requireEndpointQuota(
  { accounts, endpoints }: Pick<World, "accounts" | "endpoints">,
  account: string,
): Promise<{ standing: Account; existing: readonly Endpoint[] }> {
  const [standing, existing] = await Promise.all([accounts.find(account), endpoints.list(account)]);
  requireNotDeleted(standing);
  if (existing.length >= standing.limits.endpoints) {
    throw new RappelError(
      "ENDPOINT_LIMIT_REACHED",
      `The account has ${existing.length} endpoints; at most ${standing.limits.endpoints} are allowed: delete one first`,
    );
  }
  return { standing, existing };
}

/** From its first endpoint on an account is listed. */
export async function ensureListed(
  { accounts, clock }: Pick<World, "accounts" | "clock">,
  { id, createdAt }: Account,
): Promise<void> {
  if (createdAt === undefined) await accounts.register(id, clock.now());
}

/** An endpoint as it is at first, with a secret of its own. */
export function newEndpoint(
  { clock, random }: Pick<World, "clock" | "random">,
  account: string,
  id: string,
  config: EndpointConfig,
): Endpoint {
  const now = clock.now();
  return {
    ...config,
    id,
    account,
    secrets: [newSecret(random.bytes(SECRET_BYTES))],
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}
