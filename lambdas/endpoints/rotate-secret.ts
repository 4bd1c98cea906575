import { newSecret, SECRET_BYTES } from "../payload/signature.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { secretRotated } from "./model/announcements.ts";
import type { Endpoint, OldSecret } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { replaceEndpoint } from "./replace-endpoint.ts";
import { wakeNow } from "./schedule-wake-up.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
}

const HOUR_MS = 3_600_000;

const TRIES = 24; // ours: a try fails only when another function publishes at the same moment
const STEP_MS = 10;

/**
 * Gives an endpoint a new signing secret, and publishes that. The old one still signs for `overlapHours`, so that the receiver can switch
 * without missing a webhook.
 * @param overlapHours 0: the old secrets stop signing now, as after a leak
 * @param secret the user's own; by default a random one
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`, `TOO_MANY_SECRETS`, `WRITE_CONFLICT`
 */
export async function rotateSecret(
  ports: Ports,
  account: string,
  id: string,
  overlapHours: number,
  secret = newSecret(ports.random.bytes(SECRET_BYTES)),
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { endpoint, state } = await findEndpoint(ports, account, id);
  const now = ports.clock.now();
  const until = now + overlapHours * HOUR_MS;
  const before = overlapHours === 0 ? [] : oldSecretsOf(endpoint, now, until);
  const oldSecrets = before.filter((old) => old.secret !== secret);
  if (oldSecrets.length >= LIMITS.secretsPerEndpoint)
    throw new RappelError(
      "TOO_MANY_SECRETS",
      `The endpoint would have ${oldSecrets.length + 1} secrets that sign, and may have at most ${LIMITS.secretsPerEndpoint}: rotate with overlapHours 0, or wait`,
    );
  const rotated: Endpoint = {
    ...endpoint,
    secrets: [secret],
    oldSecrets,
    updatedAt: now,
    version: endpoint.version + 1,
  };
  await replaceEndpoint(ports.endpoints, rotated);
  const old = overlapHours === 0 ? "no longer sign" : `sign until ${new Date(until).toISOString()}`;
  await publishRotation(ports, state, now, `the signing secret was rotated; the old ones ${old}`);
  return { endpoint: rotated, state };
}

/** Written to the state, and published by a round, so that neither a crash nor an unavailable queue loses it. */
async function publishRotation(ports: Ports, state: EndpointState, now: number, reason: string): Promise<void> {
  let seen = state;
  for (let tries = 0; tries < TRIES; tries++) {
    const updated = await ports.states.update(seen.endpoint, secretRotated(seen, now, reason));
    if (updated === undefined) return; // deleted meanwhile
    if (updated.isDone) return wakeNow(ports, seen.endpoint);
    seen = updated.state;
    await ports.clock.sleep(tries * STEP_MS);
  }
  throw new RappelError("WRITE_CONFLICT", "The secret was rotated, but other requests kept changing the endpoint");
}

function oldSecretsOf({ secrets, oldSecrets = [] }: Endpoint, now: number, until: number): OldSecret[] {
  return [...secrets.map((secret) => ({ secret, until })), ...oldSecrets.filter((old) => old.until > now)];
}
