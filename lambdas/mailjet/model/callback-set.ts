import { type CallbackSet, type CallbackSpec, type CallbackTarget, type CallbackType, placed } from "./callback.ts";

/** A change of an account's callbacks, as a value: the callback set after it. */
export interface CallbackSetChange {
  readonly callbackSet: CallbackSet;
  readonly id: number;
}

/**
 * Adds a callback.
 * @param newEndpoint the id of the endpoint, if a new one is needed
 * @returns `taken` if the account already has a callback of this type and rank
 */
export function registered(
  callbackSet: CallbackSet,
  { eventType, ...target }: CallbackSpec,
  apiKeyId: number,
  newEndpoint: string,
): CallbackSetChange | "taken" {
  if (isTaken(callbackSet, eventType, target.isBackup)) return "taken";
  const id = callbackSet.lastId + 1;
  const there = endpointFor(callbackSet, target);
  const endpoint = there ?? newEndpoint;
  return {
    id,
    callbackSet: {
      version: callbackSet.version + 1,
      lastId: id,
      endpoints: there === undefined ? [...callbackSet.endpoints, { ...target, id: endpoint }] : callbackSet.endpoints,
      callbacks: [...callbackSet.callbacks, { id, eventType, endpoint, apiKeyId }],
    },
  };
}

/**
 * Changes one callback and no other. If no other callback uses its endpoint, the endpoint gets the new target and keeps its
 * secret and backlog. If another endpoint already has the new target, the callback moves there, and its old endpoint
 * delivers its backlog to the new target.
 */
export function revised(
  callbackSet: CallbackSet,
  id: number,
  { eventType, ...target }: CallbackSpec,
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
        callback.id === id ? { ...callback, eventType, endpoint } : callback,
      ),
    },
  };
}

/** Removes a callback, and its endpoint if no other callback uses it: then its pending deliveries are cancelled. */
export function withoutCallback(callbackSet: CallbackSet, id: number): CallbackSet | undefined {
  const gone = callbackSet.callbacks.find((callback) => callback.id === id);
  if (gone === undefined) return undefined;
  const callbacks = callbackSet.callbacks.filter((callback) => callback !== gone);
  const target = callbackSet.endpoints.find((candidate) => candidate.id === gone.endpoint);
  if (target === undefined || callbacks.some(({ endpoint }) => endpoint === gone.endpoint))
    return withoutEndpoints({ ...callbackSet, callbacks }, []);
  // Together with endpoints without callbacks that deliver their backlog to the same target.
  const there = callbackSet.endpoints.filter((candidate) => isSameTarget(candidate, target));
  return withoutEndpoints(
    { ...callbackSet, callbacks },
    there
      .map(({ id: endpoint }) => endpoint)
      .filter((endpoint) => callbacks.every((callback) => callback.endpoint !== endpoint)),
  );
}

/** Removes endpoints and their callbacks. */
export function withoutEndpoints(callbackSet: CallbackSet, gone: readonly string[]): CallbackSet {
  return {
    version: callbackSet.version + 1,
    lastId: callbackSet.lastId,
    endpoints: callbackSet.endpoints.filter(({ id }) => !gone.includes(id)),
    callbacks: callbackSet.callbacks.filter(({ endpoint }) => !gone.includes(endpoint)),
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
