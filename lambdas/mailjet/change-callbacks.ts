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

interface World extends CallbackPorts {
  readonly accounts: Accounts;
}

/** A callback as its caller wants it; without `isAlive`, as alive as its URL is. */
export type CallbackRequest = CallbackSpec & { readonly isAlive?: boolean };

/** What becomes of a callbackSet, or throws why nothing can. */
type Changed = (callbackSet: CallbackSet, newEndpoint: string) => Promise<CallbackSetChange | undefined>;

const TRIES = 24; // ours: each loses only to somebody else's change, and a setup script may register all 22 at once

/** @throws {RappelError} `CALLBACK_EXISTS`, `ADDRESS_FORBIDDEN`, `ENDPOINT_LIMIT_REACHED`, `ACCOUNT_DELETED` */
export async function registerCallback(
  world: World,
  account: string,
  { isAlive, ...wish }: CallbackRequest,
  apiKeyId: number,
): Promise<CallbackAndEndpoint> {
  await requireAllowedUrl(world.guard, wish.url);
  const id = await change(world, account, async (callbackSet, newEndpoint) =>
    orTaken(wish, registered(callbackSet, wish, apiKeyId, newEndpoint)),
  );
  return settled(world, account, id, isAlive);
}

/**
 * A new Url revives, its user and password being part of it; also where the row is sent back whole, with the `dead` that it
 * was read with.
 * @param revise makes of the callback what it is to be, or throws what is wrong with that
 */
export async function changeCallback(
  world: World,
  account: string,
  name: CallbackName,
  revise: (present: CallbackWithTarget) => CallbackRequest,
): Promise<CallbackAndEndpoint> {
  const { isAlive: wasAlive } = await findCallback(world, account, name);
  let isAlive: boolean | undefined;
  const id = await change(world, account, async (callbackSet, newEndpoint) => {
    const present = found(callbackSet, name);
    const { isAlive: asked, ...wish } = revise(present);
    const isKept = asked === undefined || asked === wasAlive;
    isAlive = isKept && isElsewhere(wish, present) ? true : isKept ? undefined : asked;
    if (wish.url !== present.url) await requireAllowedUrl(world.guard, wish.url);
    return orTaken(wish, revised(callbackSet, present.id, wish, newEndpoint));
  });
  return settled(world, account, id, isAlive);
}

/** What only this callback's endpoint had pending is cancelled. @throws {RappelError} `CALLBACK_NOT_FOUND` */
export async function deleteCallback(world: World, account: string, name: CallbackName): Promise<void> {
  await change(world, account, async (callbackSet) => {
    const { id } = found(callbackSet, name);
    return { id, callbackSet: withoutCallback(callbackSet, id) ?? callbackSet };
  });
  await syncEndpoints(world, account);
}

/** Deletes an endpoint, and the callbacks that it did the work of: first those, or they would have it made again. */
export async function removeEndpoint(world: World, account: string, id: string): Promise<void> {
  const endpoint = await world.endpoints.find(account, id);
  if (endpoint === undefined) throw endpointNotFound();
  if (endpoint.managedBy === undefined) return deleteEndpoint(world, account, id);
  await change(world, account, async (callbackSet) =>
    callbackSet.endpoints.some((one) => one.id === id)
      ? { id: 0, callbackSet: withoutEndpoints(callbackSet, [id]) }
      : undefined,
  );
  // What waits there for callbacks that have left it was not to be kept either.
  await syncEndpoints(world, account, id);
}

/**
 * The callbackSet first, in one write; the endpoints follow, as often as it takes: from then on whoever looks completes it. Where
 * there is nothing to change, that may be for an earlier request of its kind, which has died after its write: then its
 * endpoints are still to follow.
 */
async function change(world: World, account: string, changed: Changed): Promise<number> {
  const { callbacks, clock, random } = world;
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await callbacks.read(account);
    const after = await changed(before, newId("ep", clock.now(), random.next)).catch(async (error: unknown) => {
      await syncEndpoints(world, account);
      throw error;
    });
    if (after === undefined) return 0;
    if (after.callbackSet.endpoints.length > before.endpoints.length)
      await ensureListed(world, (await requireEndpointQuota(world, account)).standing);
    else if (after.callbackSet.callbacks.length >= before.callbacks.length)
      requireNotDeleted(await world.accounts.find(account));
    if (await callbacks.replace(account, after.callbackSet)) return after.id;
    // Refused, but by itself: the write was done, its answer was not heard, and the SDK sent it again.
    if (isDeepStrictEqual(await callbacks.read(account), after.callbackSet)) return after.id;
    await waitAtRandom(world);
  }
  throw writeConflict();
}

/** Its endpoint as it is now, alive or dead as was asked: whoever is as asked is left alone. */
async function settled(
  world: World,
  account: string,
  id: number,
  isAlive: boolean | undefined,
): Promise<CallbackAndEndpoint> {
  const callback = await findCallback(world, account, id);
  if (isAlive === undefined || isAlive === callback.isAlive) return callback;
  const steer = isAlive ? resumeEndpoint : pauseEndpoint;
  await steer(world, account, callback.endpoint.id);
  return { ...callback, isAlive };
}

function isElsewhere(wish: CallbackSpec, present: CallbackSpec): boolean {
  return wish.url !== present.url || !isDeepStrictEqual(wish.userinfo, present.userinfo);
}

function found(callbackSet: CallbackSet, name: CallbackName): CallbackWithTarget {
  const callback = placed(callbackSet).find((one) => isNamed(one, name));
  if (callback === undefined) throw callbackNotFound();
  return callback;
}

/** @throws {RappelError} `CALLBACK_EXISTS`, in Mailjet's words */
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
