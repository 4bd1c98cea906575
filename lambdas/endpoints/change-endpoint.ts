import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { Guard } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import { requireAllowedUrl } from "./check-url.ts";
import { findEndpoint } from "./find-endpoint.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { urlChanged } from "./model/endpoint-state-changes.ts";
import { areSameFields, managedFieldsOf } from "./model/managed-fields.ts";
import { resumeEndpoint } from "./pause-resume.ts";
import { replaceEndpoint } from "./replace-endpoint.ts";
import { requireValidBackup, wakeSuspendedMains } from "./validate-backup.ts";

interface Ports {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly guard: Guard;
  readonly timer: Timer;
}

/**
 * @param revise returns the new configuration for the current one, or throws if the change is not valid
 * @param by who requests the change: only callbacks can change the fields that callbacks manage
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`, `ENDPOINT_MANAGED_BY_CALLBACKS`, `ADDRESS_FORBIDDEN`, `WRITE_CONFLICT`
 */
export async function changeEndpoint(
  ports: Ports,
  account: string,
  id: string,
  revise: (current: Endpoint, state: EndpointState) => EndpointConfig,
  by: "user" | "callbacks" = "user",
): Promise<{ endpoint: Endpoint; state: EndpointState }> {
  const { endpoint, state } = await findEndpoint(ports, account, id);
  const config = revise(endpoint, state);
  const { secrets, oldSecrets, managedBy, createdAt, version } = endpoint;
  if (managedBy !== undefined && by !== managedBy) requireSameManagedFields(endpoint, config);
  const now = ports.clock.now();
  // Credentials are part of a url: corrected ones count as a new url.
  const isMoved = config.url !== endpoint.url || !isDeepStrictEqual(config.userinfo, endpoint.userinfo);
  // A callback's url was checked when the callback changed. If it were refused here, it would block all later changes.
  if (isMoved && by === "user") await requireAllowedUrl(ports.guard, config.url);
  // Callbacks never name a backup, but may name an endpoint that is about to change.
  if (config.backupOf !== undefined && by === "user")
    requireValidBackup(config, await ports.endpoints.list(account), endpoint);
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
  await replaceEndpoint(ports.endpoints, changed);
  await wakeSuspendedMains(ports, config);
  // A new url has not failed yet. This also completes an earlier change that crashed before this step.
  if (isDown(state) && (isMoved || movedAt > state.statusSince)) return resumeEndpoint(ports, account, id);
  if (!isMoved) return { endpoint: changed, state };
  const updated = await ports.states.update(id, urlChanged(state));
  // Another function has just marked it as failing, because of its old url.
  if (updated?.isDone === false && isDown(updated.state)) return resumeEndpoint(ports, account, id);
  return { endpoint: changed, state: updated?.state ?? state };
}

function requireSameManagedFields(current: EndpointConfig, wanted: EndpointConfig): void {
  if (areSameFields(managedFieldsOf(current), managedFieldsOf(wanted))) return;
  throw new RappelError(
    "ENDPOINT_MANAGED_BY_CALLBACKS",
    "This endpoint's url, eventTypes, group and backupOf are managed by Mailjet callbacks: change them at /v3/REST/eventcallbackurl",
  );
}

function isDown({ status }: EndpointState): boolean {
  return status === "failing" || status === "suspended";
}
