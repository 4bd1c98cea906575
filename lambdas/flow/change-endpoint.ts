import type { Endpoint, EndpointConfig, EndpointState } from "../core/endpoint.ts";
import { moved } from "../core/endpoint-change.ts";
import type { Clock, Endpoints, Guard, States, Timer } from "../ports.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { replaceEndpoint } from "./replace-endpoint.ts";
import { requireAllowed } from "./require-allowed.ts";
import { relieve, requireBackup } from "./require-backup.ts";
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
  const { secrets, oldSecrets, createdAt, version } = endpoint;
  const now = world.clock.now();
  const isMoved = config.url !== endpoint.url;
  if (isMoved) await requireAllowed(world.guard, config.url);
  if (config.backupOf !== undefined) requireBackup(config, await world.endpoints.list(account), id);
  const movedAt = isMoved ? now : (endpoint.movedAt ?? 0);
  const changed: Endpoint = {
    ...config,
    id,
    account,
    secrets,
    ...(oldSecrets && { oldSecrets }),
    createdAt,
    updatedAt: now,
    ...(movedAt > 0 && { movedAt }),
    version: version + 1,
  };
  await replaceEndpoint(world.endpoints, changed);
  await relieve(world, config);
  // A new url has failed at nothing yet. Also where an earlier change died before it came to this.
  if (isDown(state) && (isMoved || movedAt > state.statusSince)) return resumeEndpoint(world, account, id);
  if (!isMoved) return { endpoint: changed, state };
  const updated = await world.states.update(id, moved(state));
  // Called dead at this very moment, for what its old url did.
  if (updated?.isDone === false && isDown(updated.state)) return resumeEndpoint(world, account, id);
  return { endpoint: changed, state: updated?.state ?? state };
}

function isDown({ status }: EndpointState): boolean {
  return status === "failing" || status === "suspended";
}
