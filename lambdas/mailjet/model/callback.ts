import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";

/**
 * Mailjet's event types, by the numbers that its clients know them by. The last four are in its metadata and in none of
 * its clients: their numbers are ours.
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

export function isCallbackType(name: string): name is CallbackType {
  return Object.hasOwn(CALLBACK_TYPES, name);
}

/** Where a callback goes, and how. Callbacks of an account that agree in all of this share one endpoint. */
export interface CallbackTarget {
  /** Without userinfo. */
  readonly url: string;
  readonly userinfo?: NonNullable<EndpointConfig["userinfo"]>;
  /** 1: one event a POST; 2: an array of the events of about a second. */
  readonly version: 1 | 2;
  readonly isBackup: boolean;
}

/** What a caller asks for. */
export interface CallbackSpec extends CallbackTarget {
  readonly eventType: CallbackType;
}

export interface Callback {
  /** Counted up per account, from 1; never given twice. */
  readonly id: number;
  readonly eventType: CallbackType;
  /** The id of the endpoint that does its work. */
  readonly endpoint: string;
  /** A number that stands for the key that made it. */
  readonly apiKeyId: number;
}

/**
 * All of an account's callbacks, and the endpoints that they come to. There are 22 at most, one per type and rank, so they
 * are one item, changed as a whole: two that are registered at the same moment cannot make two endpoints of one url.
 */
export interface CallbackSet {
  /** Goes up by one at each change; 0: nobody has registered any. */
  readonly version: number;
  readonly lastId: number;
  /** One that no callback names any more has gone over to another's url, and stays until its backlog is delivered there. */
  readonly endpoints: readonly (CallbackTarget & { readonly id: string })[];
  readonly callbacks: readonly Callback[];
}

export const EMPTY_CALLBACK_SET: CallbackSet = { version: 0, lastId: 0, endpoints: [], callbacks: [] };

/** A callback with where it goes. */
export type CallbackWithTarget = Callback & CallbackTarget;

export function placed({ callbacks, endpoints }: CallbackSet): CallbackWithTarget[] {
  return callbacks.flatMap((callback) => {
    const target = endpoints.find(({ id }) => id === callback.endpoint);
    return target === undefined ? [] : [{ ...target, ...callback }];
  });
}
