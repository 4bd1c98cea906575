import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { RappelError } from "../shared/errors.ts";
import { type CallbackWithTarget, placed } from "./model/callback.ts";
import { type CallbackPorts, syncEndpoints } from "./sync-endpoints.ts";

/** A callback with its endpoint. */
export interface CallbackAndEndpoint {
  readonly callback: CallbackWithTarget;
  readonly endpoint: Endpoint;
  /** Neither suspended nor paused. */
  readonly isAlive: boolean;
}

/** How a request names a callback: by its id, or by its type and whether it is the backup. */
export type CallbackName = number | Pick<CallbackWithTarget, "eventType" | "isBackup">;

/** All callbacks of an account, by id. */
export async function listCallbacks(ports: CallbackPorts, account: string): Promise<CallbackAndEndpoint[]> {
  const { callbackSet, endpoints } = await syncEndpoints(ports, account);
  const states = await ports.states.read([...endpoints.keys()]);
  return placed(callbackSet).flatMap((callback) => {
    const endpoint = endpoints.get(callback.endpoint);
    const status = states.get(callback.endpoint)?.status;
    const isAlive = status === "active" || status === "failing";
    return endpoint === undefined ? [] : [{ callback, endpoint, isAlive }];
  });
}

/** @throws {RappelError} `CALLBACK_NOT_FOUND` */
export async function findCallback(
  ports: CallbackPorts,
  account: string,
  name: CallbackName,
): Promise<CallbackAndEndpoint> {
  const found = (await listCallbacks(ports, account)).find(({ callback }) => isNamed(callback, name));
  if (found === undefined) throw callbackNotFound();
  return found;
}

export function isNamed({ id, eventType, isBackup }: CallbackWithTarget, name: CallbackName): boolean {
  return typeof name === "number" ? id === name : eventType === name.eventType && isBackup === name.isBackup;
}

export function callbackNotFound(): RappelError {
  return new RappelError("CALLBACK_NOT_FOUND", "Object not found");
}
