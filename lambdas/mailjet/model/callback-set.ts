import { LIMITS } from "../../shared/limits.ts";
import { type CallbackSet, type CallbackSpec, type CallbackTarget, type CallbackType, placed } from "./callback.ts";

const DELETED_MAX = 200; // ours: it bounds the size of the item; a script that deletes all 22 callbacks may run nine times a minute

/** A change of an account's callbacks, as a value: the callback set after it. */
export interface CallbackSetChange {
  readonly callbackSet: CallbackSet;
  readonly id: number;
}

/**
 * Adds a callback. If the same one was deleted a moment ago, its endpoint is taken up again.
 * @param newEndpoint the id of the endpoint, if a new one is needed
 * @returns `taken` if the account already has a callback of this type and rank
 */
export function registered(
  callbackSet: CallbackSet,
  { eventType, shownUrl, ...target }: CallbackSpec,
  apiKeyId: number,
  newEndpoint: string,
  now: number,
): CallbackSetChange | "taken" {
  if (isTaken(callbackSet, eventType, target.isBackup)) return "taken";
  const id = callbackSet.lastId + 1;
  const restored = restoredEndpoints(callbackSet, { eventType, ...target }, now);
  const endpoints = [...callbackSet.endpoints, ...restored.map((endpoint) => ({ ...target, id: endpoint }))];
  const there = endpointFor({ ...callbackSet, endpoints }, target);
  const endpoint = there ?? newEndpoint;
  return {
    id,
    callbackSet: {
      version: callbackSet.version + 1,
      lastId: id,
      endpoints: there === undefined ? [...endpoints, { ...target, id: endpoint }] : endpoints,
      callbacks: [
        ...callbackSet.callbacks,
        { id, eventType, endpoint, apiKeyId, ...(shownUrl !== undefined && { shownUrl }) },
      ],
      deleted: callbackSet.deleted.filter((deleted) => !restored.includes(deleted.endpoint)),
    },
  };
}

/** The endpoints that a deleted callback still holds, if this is the same one. */
function restoredEndpoints(
  { endpoints, deleted }: CallbackSet,
  { eventType, ...target }: CallbackSpec,
  now: number,
): readonly string[] {
  const same = deleted.filter((one) => one.eventType === eventType && isSameTarget(one, target) && now < one.until);
  const held = new Set(same.map(({ endpoint }) => endpoint));
  return [...held].filter((id) => endpoints.every((endpoint) => endpoint.id !== id));
}

/**
 * Until when deleted callbacks hold an endpoint, epoch ms.
 * @returns `undefined` if none does, or if the endpoint is in use
 */
export function heldUntil({ endpoints, deleted }: CallbackSet, endpoint: string): number | undefined {
  const holding = deleted.filter((one) => one.endpoint === endpoint).map(({ until }) => until);
  return holding.length === 0 || endpoints.some(({ id }) => id === endpoint) ? undefined : Math.max(...holding);
}

/**
 * Changes one callback and no other. If no other callback uses its endpoint, the endpoint gets the new target and keeps its
 * secret and backlog. If another endpoint already has the new target, the callback moves there, and its old endpoint
 * delivers its backlog to the new target.
 */
export function revised(
  callbackSet: CallbackSet,
  id: number,
  { eventType, shownUrl, ...target }: CallbackSpec,
  newEndpoint: string,
): CallbackSetChange | "taken" | undefined {
  const present = placed(callbackSet).find((callback) => callback.id === id);
  if (present === undefined) return undefined;
  const others = callbackSet.callbacks.filter((callback) => callback.id !== id);
  if (isTaken({ ...callbackSet, callbacks: others }, eventType, target.isBackup)) return "taken";
  const isAlone = others.every(({ endpoint }) => endpoint !== present.endpoint);
  const there = isSameTarget(present, target)
    ? present.endpoint
    : endpointFor({ ...callbackSet, callbacks: others }, target);
  const endpoint = there ?? (isAlone ? present.endpoint : newEndpoint);
  // Endpoints without callbacks that had the same target follow it.
  const follows = (candidate: CallbackSet["endpoints"][number]) =>
    isAlone &&
    (candidate.id === present.endpoint ||
      (isSameTarget(candidate, present) && others.every((callback) => callback.endpoint !== candidate.id)));
  const moved = callbackSet.endpoints.map((candidate) =>
    follows(candidate) ? { ...target, id: candidate.id } : candidate,
  );
  return {
    id,
    callbackSet: {
      version: callbackSet.version + 1,
      lastId: callbackSet.lastId,
      endpoints: endpoint === newEndpoint ? [...moved, { ...target, id: endpoint }] : moved,
      callbacks: callbackSet.callbacks.map((callback) =>
        callback.id === id
          ? { id, eventType, endpoint, apiKeyId: callback.apiKeyId, ...(shownUrl !== undefined && { shownUrl }) }
          : callback,
      ),
      deleted: callbackSet.deleted,
    },
  };
}

/**
 * Removes a callback, and its endpoint if no other callback uses it. The deleted callback holds the endpoint for a minute:
 * then the endpoint's pending deliveries are cancelled.
 */
export function withoutCallback(callbackSet: CallbackSet, id: number, now: number): CallbackSet | undefined {
  const gone = placed(callbackSet).find((callback) => callback.id === id);
  if (gone === undefined) return undefined;
  const callbacks = callbackSet.callbacks.filter((callback) => callback.id !== id);
  // Together with endpoints without callbacks that deliver their backlog to the same target.
  const there = callbackSet.endpoints.filter((candidate) => isSameTarget(candidate, gone));
  const isUsed = callbacks.some(({ endpoint }) => endpoint === gone.endpoint);
  const unused = there.filter((candidate) => callbacks.every(({ endpoint }) => endpoint !== candidate.id));
  const until = now + LIMITS.reregisterSeconds * 1_000;
  const left = (isUsed ? there.filter((candidate) => candidate.id === gone.endpoint) : unused).map(
    ({ id: endpoint, ...target }) => ({ ...target, eventType: gone.eventType, endpoint, until }),
  );
  const without = withoutEndpoints({ ...callbackSet, callbacks }, isUsed ? [] : unused.map((endpoint) => endpoint.id));
  // One entry per type and endpoint, and only for the url that the endpoint has now.
  const isReplaced = (one: CallbackSet["deleted"][number]) =>
    left.some(
      (entry) => entry.endpoint === one.endpoint && (entry.eventType === one.eventType || !isSameTarget(entry, one)),
    );
  // Those of a held endpoint stay until its backlog is cancelled.
  const earlier = callbackSet.deleted.filter(
    (one) => !isReplaced(one) && (now < one.until || heldUntil(without, one.endpoint) !== undefined),
  );
  return { ...without, deleted: [...earlier, ...left].slice(-DELETED_MAX) };
}

/** Removes endpoints and their callbacks. */
export function withoutEndpoints(callbackSet: CallbackSet, gone: readonly string[]): CallbackSet {
  return {
    version: callbackSet.version + 1,
    lastId: callbackSet.lastId,
    endpoints: callbackSet.endpoints.filter(({ id }) => !gone.includes(id)),
    callbacks: callbackSet.callbacks.filter(({ endpoint }) => !gone.includes(endpoint)),
    deleted: callbackSet.deleted.filter(({ endpoint }) => !gone.includes(endpoint)),
  };
}

function isTaken(callbackSet: CallbackSet, eventType: CallbackType, isBackup: boolean): boolean {
  return placed(callbackSet).some((callback) => callback.eventType === eventType && callback.isBackup === isBackup);
}

/** An endpoint with this target, preferably one with callbacks: another may only deliver its backlog there. */
function endpointFor({ endpoints, callbacks }: CallbackSet, target: CallbackTarget): string | undefined {
  const same = endpoints.filter((candidate) => isSameTarget(candidate, target));
  return (same.find(({ id }) => callbacks.some(({ endpoint }) => endpoint === id)) ?? same[0])?.id;
}

function isSameTarget(a: CallbackTarget, b: CallbackTarget): boolean {
  return (
    a.url === b.url &&
    a.userinfo?.user === b.userinfo?.user &&
    a.userinfo?.password === b.userinfo?.password &&
    a.version === b.version &&
    a.isBackup === b.isBackup
  );
}
