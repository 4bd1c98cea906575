import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { Guard } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import { requireAllowedUrl } from "./check-url.ts";
import { findEndpoint } from "./find-endpoint.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { moved } from "./model/endpoint-transitions.ts";
import { areSameFields, managedFieldsOf } from "./model/managed-fields.ts";
import { resumeEndpoint } from "./pause-resume.ts";
import { replaceEndpoint } from "./replace-endpoint.ts";
import { requireValidBackup, wakeSuspendedMains } from "./validate-backup.ts";

interface World {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly guard: Guard;
  readonly timer: Timer;
}

/**
 * @param revise makes the new configuration out of the present one, or throws what is wrong with the change
 * @param by who asks: what callbacks decide of an endpoint, they alone change
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`, `ENDPOINT_MANAGED_BY_CALLBACKS`, `ADDRESS_FORBIDDEN`, `WRITE_CONFLICT`
 */
export async function changeEndpoint(
  world: World,
  account: string,
  id: string,
  revise: (present: Endpoint) => EndpointConfig,
  by: "user" | "callbacks" = "user",
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { endpoint, state } = await findEndpoint(world, account, id);
  const config = revise(endpoint);
  const { secrets, oldSecrets, managedBy, createdAt, version } = endpoint;
  if (managedBy !== undefined && by !== managedBy) requireKept(endpoint, config);
  const now = world.clock.now();
  // Its credentials are part of a url: who has mended those has mended it.
  const isMoved = config.url !== endpoint.url || !isDeepStrictEqual(config.userinfo, endpoint.userinfo);
  // A callback's url was asked for when its callbackSet was changed: were it refused only now, nothing would be settled any more.
  if (isMoved && by === "user") await requireAllowedUrl(world.guard, config.url);
  // Callbacks name none that is a backup, but perhaps one that is on its way there.
  if (config.backupOf !== undefined && by === "user")
    requireValidBackup(config, await world.endpoints.list(account), endpoint);
  const movedAt = isMoved ? now : (endpoint.movedAt ?? 0);
  const changed: Endpoint = {
    ...config,
    id,
    account,
    secrets,
    ...(oldSecrets && { oldSecrets }),
    ...(managedBy && { managedBy }),
    createdAt,
    updatedAt: now,
    ...(movedAt > 0 && { movedAt }),
    version: version + 1,
  };
  await replaceEndpoint(world.endpoints, changed);
  await wakeSuspendedMains(world, config);
  // A new url has failed at nothing yet. Also where an earlier change died before it came to this.
  if (isDown(state) && (isMoved || movedAt > state.statusSince)) return resumeEndpoint(world, account, id);
  if (!isMoved) return { endpoint: changed, state };
  const updated = await world.states.update(id, moved(state));
  // Called dead at this very moment, for what its old url did.
  if (updated?.isDone === false && isDown(updated.state)) return resumeEndpoint(world, account, id);
  return { endpoint: changed, state: updated?.state ?? state };
}

function requireKept(present: EndpointConfig, wanted: EndpointConfig): void {
  if (areSameFields(managedFieldsOf(present), managedFieldsOf(wanted))) return;
  throw new RappelError(
    "ENDPOINT_MANAGED_BY_CALLBACKS",
    "Its url, eventTypes, group and backupOf are what its callbacks say: change those, at /v3/REST/eventcallbackurl",
  );
}

function isDown({ status }: EndpointState): boolean {
  return status === "failing" || status === "suspended";
}
