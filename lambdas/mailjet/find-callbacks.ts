import type { ActivityAction } from "../activity/model/activity.ts";
import { restoreState } from "../endpoints/hold-endpoint.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { RappelError } from "../shared/errors.ts";
import { type CallbackSet, type CallbackWithTarget, placed } from "./model/callback.ts";
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
  const states = await readStates(ports, callbackSet);
  return placed(callbackSet).flatMap((callback) => {
    const endpoint = endpoints.get(callback.endpoint);
    const status = states.get(callback.endpoint)?.status;
    const isAlive = status === "active" || status === "failing";
    return endpoint === undefined ? [] : [{ callback, endpoint, isAlive }];
  });
}

/** The states of the set's endpoints. A deletion that crashed can have left one deleted, though it is in use again. */
async function readStates(ports: CallbackPorts, { endpoints }: CallbackSet): Promise<Map<string, EndpointState>> {
  const ids = endpoints.map(({ id }) => id);
  const states = await ports.states.read(ids);
  const held = [...states.values()].filter(({ status }) => status === "deleted");
  if (held.length === 0) return states;
  for (const state of held) await restoreState(ports, state);
  return ports.states.read(ids);
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

/** A change of a callback as its account's activity has it. */
export function callbackChange(action: ActivityAction, callback: CallbackWithTarget | undefined) {
  if (callback === undefined) return { action };
  return { action, endpoint: callback.endpoint, subject: String(callback.id) };
}
