import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import { endpointNotFound, findEndpoint } from "./find-endpoint.ts";
import type { StateChange } from "./model/conditional-update.ts";
import type { Endpoint } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";

export interface StatusPorts {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
}
export interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

const TRIES = 24; // ours: a try fails only when the status changes at the same moment
const STEP_MS = 10;

/** @throws {RappelError} `ENDPOINT_NOT_FOUND`, `WRITE_CONFLICT` */
export async function changeStatus(
  ports: StatusPorts,
  account: string,
  id: string,
  changeOf: (state: EndpointState) => StateChange,
): Promise<EndpointAndState> {
  const { clock, states, timer } = ports;
  const { endpoint, state } = await findEndpoint(ports, account, id);
  let seen = state;
  for (let tries = 0; tries < TRIES; tries++) {
    // Deleted a moment ago: its backlog is being cancelled, which cannot be undone.
    if (seen.status === "deleted") throw endpointNotFound();
    const change = changeOf(seen);
    const updated = await states.update(id, change);
    if (updated === undefined) break;
    // Or the first write succeeded without a response, and the SDK's retry was refused.
    const isOurs = updated.state.statusSince === change.set?.statusSince && updated.state.status === change.set.status;
    if (updated.isDone || isOurs) {
      const { wakeAt } = updated.state;
      if (wakeAt !== undefined) await timer.set({ endpoint: id, wakeAt }, seen.wakeAt);
      return { endpoint, state: updated.state };
    }
    seen = updated.state;
    await clock.sleep(tries * STEP_MS);
  }
  throw new RappelError(
    "WRITE_CONFLICT",
    "The endpoint was changed by another request at the same moment: read it and try again",
  );
}
