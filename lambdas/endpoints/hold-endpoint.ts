import { RappelError } from "../shared/errors.ts";
import { changeStatus, type StatusPorts } from "./change-status.ts";
import { endpointNotFound } from "./find-endpoint.ts";
import { toDeleted, toRestored } from "./model/deletion-changes.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { replaceEndpoint } from "./replace-endpoint.ts";

/**
 * Deletes an endpoint that may be restored: it gets no new events, nothing is sent, and its backlog stays until
 * `keptUntil`, epoch ms. The state comes first, as in `deleteEndpoint`.
 */
export async function holdEndpoint(
  ports: StatusPorts,
  account: string,
  id: string,
  keptUntil: number,
  successorTypes: readonly string[],
): Promise<void> {
  const { endpoints, states, clock } = ports;
  const endpoint = await endpoints.find(account, id);
  if (endpoint === undefined) throw endpointNotFound();
  const state = (await states.read([id])).get(id);
  if (state !== undefined && state.status !== "deleted")
    await changeStatus(ports, account, id, (seen) => toDeleted(seen, clock.now(), successorTypes, keptUntil));
  await replaceEndpoint(endpoints, { ...endpoint, removedAt: clock.now(), version: endpoint.version + 1 });
}

/**
 * Restores a held endpoint with its id, secrets and backlog. The state comes first: a round that then finds no
 * configuration completes the rest.
 * @param config the configuration that it has from now on
 * @throws {RappelError} `WRITE_CONFLICT`
 */
export async function restoreEndpoint(ports: StatusPorts, held: Endpoint, config: EndpointConfig): Promise<void> {
  const { id, version } = held;
  const state = (await ports.states.read([id])).get(id);
  if (state !== undefined) await restoreState(ports, state);
  const { removedAt: _, ...restored } = { ...held, ...config };
  await replaceEndpoint(ports.endpoints, { ...restored, updatedAt: ports.clock.now(), version: version + 1 });
}

/** Puts a held endpoint's state into use again, if it is not. @throws {RappelError} `WRITE_CONFLICT` */
export async function restoreState(
  { states, clock, timer }: Pick<StatusPorts, "states" | "clock" | "timer">,
  seen: EndpointState,
): Promise<void> {
  if (seen.status !== "deleted") return;
  const updated = await states.update(seen.endpoint, toRestored(seen, clock.now()));
  if (updated === undefined || updated.state.status === "deleted")
    throw new RappelError("WRITE_CONFLICT", "The endpoint's state was changed at the same moment: try again");
  const { wakeAt } = updated.state;
  if (wakeAt !== undefined) await timer.set({ endpoint: seen.endpoint, wakeAt }, seen.wakeAt);
}
