import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";

/**
 * Mailjet's event types with the numbers that its clients use. The last four are in its metadata, but in none of its
 * clients: their numbers are ours.
 */
export const CALLBACK_TYPES = {
  click: 1,
  bounce: 2,
  spam: 3,
  blocked: 4,
  unsub: 5,
  open: 6,
  sent: 7,
  typofix: 8,
  parseapi: 9,
  newsender: 10,
  newsenderautovalid: 11,
} as const;
export type CallbackType = keyof typeof CALLBACK_TYPES;
export const CALLBACK_TYPE_NAMES: readonly CallbackType[] = Object.keys(CALLBACK_TYPES).filter(isCallbackType);

/** The types that can be registered. The payload of `parseapi` is an inbound e-mail, which is no event of this service. */
export const REGISTRABLE_TYPES: readonly CallbackType[] = CALLBACK_TYPE_NAMES.filter((name) => name !== "parseapi");

export function isCallbackType(name: string): name is CallbackType {
  return Object.hasOwn(CALLBACK_TYPES, name);
}

/** Where and how a callback is sent. Callbacks of an account with the same target share one endpoint. */
export interface CallbackTarget {
  /** Without userinfo. */
  readonly url: string;
  readonly userinfo?: NonNullable<EndpointConfig["userinfo"]>;
  /** 1: one event per POST. 2: an array of the events of about one second. */
  readonly version: 1 | 2;
  readonly isBackup: boolean;
}

/** The callback that a caller requests. */
export interface CallbackSpec extends CallbackTarget {
  readonly eventType: CallbackType;
  /** The url as it was given, with its password masked: clients compare it with what they sent. Absent: `url` is shown. */
  readonly shownUrl?: string;
}

interface Callback {
  /** Incremented per account, from 1, and never reused. */
  readonly id: number;
  readonly eventType: CallbackType;
  /** The id of its endpoint. */
  readonly endpoint: string;
  /** A number derived from the key that created it. */
  readonly apiKeyId: number;
  readonly shownUrl?: string;
}

/** A callback that was deleted a moment ago. */
interface DeletedCallback extends CallbackTarget {
  readonly eventType: CallbackType;
  /** The id of the endpoint that it had, alone or with others. */
  readonly endpoint: string;
  /** If the same callback is registered again before, epoch ms, it keeps its endpoint and the endpoint's backlog. */
  readonly until: number;
}

/**
 * All callbacks of an account and their endpoints. There are at most 22, one per type and rank, so they are one item that
 * is written as a whole: two concurrent registrations cannot create two endpoints for one url.
 */
export interface CallbackSet {
  /** Incremented at each change. 0: none was ever registered. */
  readonly version: number;
  readonly lastId: number;
  /** An endpoint without callbacks has the target of another one, and stays until its backlog is delivered there. */
  readonly endpoints: readonly (CallbackTarget & { readonly id: string })[];
  readonly callbacks: readonly Callback[];
  /** The callbacks that were deleted last, oldest first. They hold their endpoints, which get no new events meanwhile. */
  readonly deleted: readonly DeletedCallback[];
}

export const EMPTY_CALLBACK_SET: CallbackSet = { version: 0, lastId: 0, endpoints: [], callbacks: [], deleted: [] };

/** A callback with its target. */
export type CallbackWithTarget = Callback & CallbackTarget;

export function placed({ callbacks, endpoints }: CallbackSet): CallbackWithTarget[] {
  return callbacks.flatMap((callback) => {
    const target = endpoints.find(({ id }) => id === callback.endpoint);
    return target === undefined ? [] : [{ ...target, ...callback }];
  });
}
