import { type CallbackBook, type CallbackTarget, type CallbackType, type CallbackWish, placed } from "./callback.ts";

/** Changes of an account's callbacks, as values: what the book is afterwards. */
export interface BookChange {
  readonly book: CallbackBook;
  readonly id: number;
}

/**
 * @param newEndpoint an id for the endpoint that it may take
 * @returns `taken` where the account has one of this type and rank
 */
export function registered(
  book: CallbackBook,
  { eventType, ...target }: CallbackWish,
  apiKeyId: number,
  newEndpoint: string,
): BookChange | "taken" {
  if (isTaken(book, eventType, target.isBackup)) return "taken";
  const id = book.lastId + 1;
  const there = endpointFor(book, target);
  const endpoint = there ?? newEndpoint;
  return {
    id,
    book: {
      version: book.version + 1,
      lastId: id,
      endpoints: there === undefined ? [...book.endpoints, { ...target, id: endpoint }] : book.endpoints,
      callbacks: [...book.callbacks, { id, eventType, endpoint, apiKeyId }],
    },
  };
}

/**
 * Changes one callback alone. Where it has its endpoint for itself, that goes with it, secret and backlog included; or,
 * where another is at the new url already, joins that, and its own endpoint delivers there what waits.
 */
export function revised(
  book: CallbackBook,
  id: number,
  { eventType, ...target }: CallbackWish,
  newEndpoint: string,
): BookChange | "taken" | undefined {
  const present = placed(book).find((one) => one.id === id);
  if (present === undefined) return undefined;
  const others = book.callbacks.filter((one) => one.id !== id);
  if (isTaken({ ...book, callbacks: others }, eventType, target.isBackup)) return "taken";
  const isAlone = others.every(({ endpoint }) => endpoint !== present.endpoint);
  const there = isSameTarget(present, target) ? present.endpoint : endpointFor({ ...book, callbacks: others }, target);
  const endpoint = there ?? (isAlone ? present.endpoint : newEndpoint);
  // Those that nobody names go where the one goes that they followed.
  const follows = (one: CallbackBook["endpoints"][number]) =>
    isAlone &&
    (one.id === present.endpoint ||
      (isSameTarget(one, present) && others.every((callback) => callback.endpoint !== one.id)));
  const moved = book.endpoints.map((one) => (follows(one) ? { ...target, id: one.id } : one));
  return {
    id,
    book: {
      version: book.version + 1,
      lastId: book.lastId,
      endpoints: endpoint === newEndpoint ? [...moved, { ...target, id: endpoint }] : moved,
      callbacks: book.callbacks.map((one) => (one.id === id ? { ...one, eventType, endpoint } : one)),
    },
  };
}

/** Without a callback, and without its endpoint where that was its own: what waits there is cancelled. */
export function withoutCallback(book: CallbackBook, id: number): CallbackBook | undefined {
  const gone = book.callbacks.find((one) => one.id === id);
  if (gone === undefined) return undefined;
  const callbacks = book.callbacks.filter((one) => one !== gone);
  const target = book.endpoints.find((one) => one.id === gone.endpoint);
  if (target === undefined || callbacks.some(({ endpoint }) => endpoint === gone.endpoint))
    return withoutEndpoints({ ...book, callbacks }, []);
  // With those that nobody names, which deliver there what waits.
  const there = book.endpoints.filter((one) => isSameTarget(one, target));
  return withoutEndpoints(
    { ...book, callbacks },
    there.map(({ id: endpoint }) => endpoint).filter((endpoint) => callbacks.every((one) => one.endpoint !== endpoint)),
  );
}

/** Without endpoints, and without the callbacks that they did the work of. */
export function withoutEndpoints(book: CallbackBook, gone: readonly string[]): CallbackBook {
  return {
    version: book.version + 1,
    lastId: book.lastId,
    endpoints: book.endpoints.filter(({ id }) => !gone.includes(id)),
    callbacks: book.callbacks.filter(({ endpoint }) => !gone.includes(endpoint)),
  };
}

function isTaken(book: CallbackBook, eventType: CallbackType, isBackup: boolean): boolean {
  return placed(book).some((one) => one.eventType === eventType && one.isBackup === isBackup);
}

/** The one that callbacks name first: beside it there may be one that only delivers what waits. */
function endpointFor({ endpoints, callbacks }: CallbackBook, target: CallbackTarget): string | undefined {
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
