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
import { type EndpointState, newState, pausedFromStart } from "./model/endpoint-state.ts";
import { requireValidBackup, wakeSuspendedMains } from "./validate-backup.ts";

export interface RegisterPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
  readonly guard: Guard;
}

/** How an endpoint starts, besides its configuration. */
export interface Start {
  /** A signing secret of the user's own: `whsec_` and 24 to 64 bytes in base64. By default a new one. */
  readonly secret?: string;
  /** Nothing is sent until it is resumed; events join its backlog from now on. */
  readonly isPaused?: boolean;
}

/** Registers a URL. Every event accepted after the response is sent to it. */
export async function registerEndpoint(
  ports: RegisterPorts,
  account: string,
  config: EndpointConfig,
  { secret, isPaused = false }: Start = {},
  id = newId("ep", ports.clock.now(), ports.random.next),
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { endpoints, guard } = ports;
  await requireAllowedUrl(guard, config.url);
  const { account: found, existing } = await requireEndpointQuota(ports, account);
  requireValidBackup(config, existing);
  await ensureListed(ports, found);
  const endpoint = newEndpoint(ports, account, id, config, secret);
  const added = newState(endpoint.id, account, endpoint.createdAt);
  const state = isPaused ? pausedFromStart(added) : added;
  await endpoints.add(endpoint, state);
  await wakeSuspendedMains(ports, config);
  return { endpoint, state };
}

/**
 * Makes sure that the account may have one more endpoint.
 * @returns the account and its endpoints
 * @throws {RappelError} `ACCOUNT_DELETED`, `ENDPOINT_LIMIT_REACHED`
 */
export async function requireEndpointQuota(
  { accounts, endpoints }: Pick<RegisterPorts, "accounts" | "endpoints">,
  account: string,
): Promise<{ account: Account; existing: readonly Endpoint[] }> {
  const [found, existing] = await Promise.all([accounts.find(account), endpoints.list(account)]);
  requireNotDeleted(found);
  if (existing.length >= found.limits.endpoints) {
    throw new RappelError(
      "ENDPOINT_LIMIT_REACHED",
      `The account has ${existing.length} endpoints and may have at most ${found.limits.endpoints}: delete one first`,
    );
  }
  return { account: found, existing };
}

/** An account is listed from its first endpoint on. */
export async function ensureListed(
  { accounts, clock }: Pick<RegisterPorts, "accounts" | "clock">,
  { id, createdAt }: Account,
): Promise<void> {
  if (createdAt === undefined) await accounts.register(id, clock.now());
}

/** A new endpoint with its first secret. */
export function newEndpoint(
  { clock, random }: Pick<RegisterPorts, "clock" | "random">,
  account: string,
  id: string,
  config: EndpointConfig,
  secret = newSecret(random.bytes(SECRET_BYTES)),
): Endpoint {
  const now = clock.now();
  return {
    ...config,
    id,
    account,
    secrets: [secret],
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}
