import { newSecret, SECRET_BYTES } from "../payload/signature.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { findEndpoint } from "./find-endpoint.ts";
import type { Endpoint, OldSecret } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { replaceEndpoint } from "./replace-endpoint.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoints: Endpoints;
  readonly states: States;
}

const HOUR_MS = 3_600_000;

/**
 * Gives an endpoint a new signing secret. The old one still signs for `overlapHours`, so that the receiver can switch
 * without missing a webhook.
 * @param overlapHours 0: the old secrets stop signing now, as after a leak
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`, `TOO_MANY_SECRETS`, `WRITE_CONFLICT`
 */
export async function rotateSecret(
  { clock, random, endpoints, states }: Ports,
  account: string,
  id: string,
  overlapHours: number,
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { endpoint, state } = await findEndpoint({ endpoints, states }, account, id);
  const now = clock.now();
  const oldSecrets = overlapHours === 0 ? [] : oldSecretsOf(endpoint, now, now + overlapHours * HOUR_MS);
  if (oldSecrets.length >= LIMITS.secretsPerEndpoint)
    throw new RappelError(
      "TOO_MANY_SECRETS",
      `The endpoint would have ${oldSecrets.length + 1} secrets that sign, and may have at most ${LIMITS.secretsPerEndpoint}: rotate with overlapHours 0, or wait`,
    );
  const rotated: Endpoint = {
    ...endpoint,
    secrets: [newSecret(random.bytes(SECRET_BYTES))],
    oldSecrets,
    updatedAt: now,
    version: endpoint.version + 1,
  };
  await replaceEndpoint(endpoints, rotated);
  return { endpoint: rotated, state };
}

function oldSecretsOf({ secrets, oldSecrets = [] }: Endpoint, now: number, until: number): OldSecret[] {
  return [...secrets.map((secret) => ({ secret, until })), ...oldSecrets.filter((old) => old.until > now)];
}
