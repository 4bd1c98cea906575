import { type CallbackSet, type CallbackSpec, type CallbackTarget, type CallbackType, placed } from "./callback.ts";

/** Changes of an account's callbacks, as values: what the callbackSet is afterwards. */
export interface CallbackSetChange {
  readonly callbackSet: CallbackSet;
  readonly id: number;
}

/**
 * @param newEndpoint an id for the endpoint that it may take
 * @returns `taken` where the account has one of this type and rank
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
 * Changes one callback alone. Where it has its endpoint for itself, that goes with it, secret and backlog included; or,
 * where another is at the new url already, joins that, and its own endpoint delivers there what waits.
 */
export function revised(
  callbackSet: CallbackSet,
  id: number,
  { eventType, ...target }: CallbackSpec,
  newEndpoint: string,
): CallbackSetChange | "taken" | undefined {
  const present = placed(callbackSet).find((one) => one.id === id);
  if (present === undefined) return undefined;
  const others = callbackSet.callbacks.filter((one) => one.id !== id);
  if (isTaken({ ...callbackSet, callbacks: others }, eventType, target.isBackup)) return "taken";
  const isAlone = others.every(({ endpoint }) => endpoint !== present.endpoint);
  const there = isSameTarget(present, target)
    ? present.endpoint
    : endpointFor({ ...callbackSet, callbacks: others }, target);
  const endpoint = there ?? (isAlone ? present.endpoint : newEndpoint);
  // Those that nobody names go where the one goes that they followed.
  const follows = (one: CallbackSet["endpoints"][number]) =>
    isAlone &&
    (one.id === present.endpoint ||
      (isSameTarget(one, present) && others.every((callback) => callback.endpoint !== one.id)));
  const moved = callbackSet.endpoints.map((one) => (follows(one) ? { ...target, id: one.id } : one));
  return {
    id,
    callbackSet: {
      version: callbackSet.version + 1,
      lastId: callbackSet.lastId,
      endpoints: endpoint === newEndpoint ? [...moved, { ...target, id: endpoint }] : moved,
      callbacks: callbackSet.callbacks.map((one) => (one.id === id ? { ...one, eventType, endpoint } : one)),
    },
  };
}

/** Without a callback, and without its endpoint where that was its own: what waits there is cancelled. */
export function withoutCallback(callbackSet: CallbackSet, id: number): CallbackSet | undefined {
  const gone = callbackSet.callbacks.find((one) => one.id === id);
  if (gone === undefined) return undefined;
  const callbacks = callbackSet.callbacks.filter((one) => one !== gone);
  const target = callbackSet.endpoints.find((one) => one.id === gone.endpoint);
  if (target === undefined || callbacks.some(({ endpoint }) => endpoint === gone.endpoint))
    return withoutEndpoints({ ...callbackSet, callbacks }, []);
  // With those that nobody names, which deliver there what waits.
  const there = callbackSet.endpoints.filter((one) => isSameTarget(one, target));
  return withoutEndpoints(
    { ...callbackSet, callbacks },
    there.map(({ id: endpoint }) => endpoint).filter((endpoint) => callbacks.every((one) => one.endpoint !== endpoint)),
  );
}

/** Without endpoints, and without the callbacks that they did the work of. */
export function withoutEndpoints(callbackSet: CallbackSet, gone: readonly string[]): CallbackSet {
  return {
    version: callbackSet.version + 1,
    lastId: callbackSet.lastId,
    endpoints: callbackSet.endpoints.filter(({ id }) => !gone.includes(id)),
    callbacks: callbackSet.callbacks.filter(({ endpoint }) => !gone.includes(endpoint)),
  };
}

function isTaken(callbackSet: CallbackSet, eventType: CallbackType, isBackup: boolean): boolean {
  return placed(callbackSet).some((one) => one.eventType === eventType && one.isBackup === isBackup);
}

/** The one that callbacks name first: beside it there may be one that only delivers what waits. */
function endpointFor({ endpoints, callbacks }: CallbackSet, target: CallbackTarget): string | undefined {
  const same = endpoints.filter((one) => isSameTarget(one, target));
  return (same.find(({ id }) => callbacks.some(({ endpoint }) => endpoint === id)) ?? same[0])?.id;
}

function isSameTarget(one: CallbackTarget, other: CallbackTarget): boolean {
  return (
    one.url === other.url &&
    one.userinfo?.user === other.userinfo?.user &&
    one.userinfo?.password === other.userinfo?.password &&
    one.version === other.version &&
    one.isBackup === other.isBackup
  );
}
