import { isDeepStrictEqual } from "node:util";
import { requireNotDeleted } from "../accounts/find-account.ts";
import { requireAllowedUrl } from "../endpoints/check-url.ts";
import { deleteEndpoint } from "../endpoints/delete-endpoint.ts";
import { endpointNotFound } from "../endpoints/find-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../endpoints/pause-resume.ts";
import { ensureListed, requireEndpointQuota } from "../endpoints/register-endpoint.ts";
import type { Accounts } from "../ports/accounts.ts";
import { RappelError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import {
  type CallbackAndEndpoint,
  type CallbackName,
  callbackNotFound,
  findCallback,
  isNamed,
} from "./find-callbacks.ts";
import {
  CALLBACK_TYPES,
  type CallbackSet,
  type CallbackSpec,
  type CallbackWithTarget,
  placed,
} from "./model/callback.ts";
import {
  type CallbackSetChange,
  registered,
  revised,
  withoutCallback,
  withoutEndpoints,
} from "./model/callback-set.ts";
import { type CallbackPorts, syncEndpoints, waitAtRandom, writeConflict } from "./sync-endpoints.ts";

interface Ports extends CallbackPorts {
  readonly accounts: Accounts;
}

/** The callback that a caller requests. Without `isAlive`, the endpoint's status stays as it is. */
export type CallbackRequest = CallbackSpec & { readonly isAlive?: boolean };

/** Returns the changed callback set, `undefined` if there is nothing to change, or throws if it cannot be changed. */
type Changed = (callbackSet: CallbackSet, newEndpoint: string) => Promise<CallbackSetChange | undefined>;

const TRIES = 24; // ours: a try fails only when another request changes the set, and a script may register all 22 at once

/** @throws {RappelError} `CALLBACK_EXISTS`, `ADDRESS_FORBIDDEN`, `ENDPOINT_LIMIT_REACHED`, `ACCOUNT_DELETED` */
export async function registerCallback(
  ports: Ports,
  account: string,
  { isAlive, ...spec }: CallbackRequest,
  apiKeyId: number,
): Promise<CallbackAndEndpoint> {
  await requireAllowedUrl(ports.guard, spec.url);
  const id = await change(ports, account, async (callbackSet, newEndpoint) =>
    orTaken(spec, registered(callbackSet, spec, apiKeyId, newEndpoint, ports.clock.now())),
  );
  return withStatus(ports, account, id, isAlive);
}

/**
 * Changes a callback. A new Url, user or password makes a `dead` callback `alive`, even if the row is sent back with the
 * `dead` that was read.
 * @param revise returns the requested callback for the current one, or throws if the change is not valid
 */
export async function changeCallback(
  ports: Ports,
  account: string,
  name: CallbackName,
  revise: (current: CallbackWithTarget) => CallbackRequest,
): Promise<CallbackAndEndpoint> {
  const { isAlive: wasAlive } = await findCallback(ports, account, name);
  let isAlive: boolean | undefined;
  const id = await change(ports, account, async (callbackSet, newEndpoint) => {
    const current = found(callbackSet, name);
    const { isAlive: requested, ...spec } = revise(current);
    const isKept = requested === undefined || requested === wasAlive;
    isAlive = isKept && hasNewUrl(spec, current) ? true : isKept ? undefined : requested;
    if (spec.url !== current.url) await requireAllowedUrl(ports.guard, spec.url);
    return orTaken(spec, revised(callbackSet, current.id, spec, newEndpoint));
  });
  return withStatus(ports, account, id, isAlive);
}

/**
 * Deletes a callback. If its endpoint has no other callback, pending deliveries are cancelled after a minute, unless the
 * same callback is registered again until then.
 * @returns the deleted callback
 * @throws {RappelError} `CALLBACK_NOT_FOUND`
 */
export async function deleteCallback(
  ports: Ports,
  account: string,
  name: CallbackName,
): Promise<CallbackWithTarget | undefined> {
  let deleted: CallbackWithTarget | undefined;
  await change(ports, account, async (callbackSet) => {
    deleted = found(callbackSet, name);
    const { id } = deleted;
    return { id, callbackSet: withoutCallback(callbackSet, id, ports.clock.now()) ?? callbackSet };
  });
  await syncEndpoints(ports, account);
  return deleted;
}

/** Deletes an endpoint and its callbacks: the callbacks first, or they would create it again. */
export async function removeEndpoint(ports: Ports, account: string, id: string): Promise<void> {
  const endpoint = await ports.endpoints.find(account, id);
  if (endpoint === undefined) throw endpointNotFound();
  if (endpoint.managedBy === undefined) return deleteEndpoint(ports, account, id);
  await change(ports, account, async (callbackSet) =>
    callbackSet.endpoints.some((target) => target.id === id)
      ? { id: 0, callbackSet: withoutEndpoints(callbackSet, [id]) }
      : undefined,
  );
  // Deliveries of callbacks that have moved away are cancelled too.
  await syncEndpoints(ports, account, id);
}

/**
 * Writes the callback set first, in one write; then the endpoints follow. After a crash the next request that reads the
 * set completes them, even if it has nothing to change itself.
 */
async function change(ports: Ports, account: string, changed: Changed): Promise<number> {
  const { callbacks, clock, random } = ports;
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await callbacks.read(account);
    const after = await changed(before, newId("ep", clock.now(), random.next)).catch(async (error: unknown) => {
      await syncEndpoints(ports, account);
      throw error;
    });
    if (after === undefined) return 0;
    if (after.callbackSet.endpoints.length > before.endpoints.length)
      await ensureListed(ports, (await requireEndpointQuota(ports, account)).account);
    else if (after.callbackSet.callbacks.length >= before.callbacks.length)
      requireNotDeleted(await ports.accounts.find(account));
    if (await callbacks.replace(account, after.callbackSet)) return after.id;
    // Or the first write succeeded without a response, and the SDK's retry was refused.
    if (isDeepStrictEqual(await callbacks.read(account), after.callbackSet)) return after.id;
    await waitAtRandom(ports);
  }
  throw writeConflict();
}

/** Resumes or pauses the callback's endpoint if its status is not the requested one. */
async function withStatus(
  ports: Ports,
  account: string,
  id: number,
  isAlive: boolean | undefined,
): Promise<CallbackAndEndpoint> {
  const callback = await findCallback(ports, account, id);
  if (isAlive === undefined || isAlive === callback.isAlive) return callback;
  const setStatus = isAlive ? resumeEndpoint : pauseEndpoint;
  await setStatus(ports, account, callback.endpoint.id);
  return { ...callback, isAlive };
}

function hasNewUrl(spec: CallbackSpec, current: CallbackSpec): boolean {
  return spec.url !== current.url || !isDeepStrictEqual(spec.userinfo, current.userinfo);
}

function found(callbackSet: CallbackSet, name: CallbackName): CallbackWithTarget {
  const callback = placed(callbackSet).find((candidate) => isNamed(candidate, name));
  if (callback === undefined) throw callbackNotFound();
  return callback;
}

/** @throws {RappelError} `CALLBACK_EXISTS`, with Mailjet's message */
function orTaken(
  { eventType, isBackup }: CallbackSpec,
  change: CallbackSetChange | "taken" | undefined,
): CallbackSetChange {
  if (change === undefined) throw callbackNotFound();
  if (change !== "taken") return change;
  throw new RappelError(
    "CALLBACK_EXISTS",
    `MJ18 A EventCallbackURL resource with value "${CALLBACK_TYPES[eventType]}|${isBackup}" for EventType|Backup already exists.`,
  );
}
