import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { endpointWith } from "../support/examples.ts";
import type { MemoryWorld } from "../support/memory-world.ts";

export async function register(world: MemoryWorld, more: Partial<Endpoint> = {}): Promise<Endpoint> {
  const endpoint = endpointWith(more);
  const { id, account } = endpoint;
  await world.endpoints.add(endpoint, newState(id, account, 0));
  return endpoint;
}

export function dispatchWith(world: MemoryWorld, leftMs = 60_000) {
  const dispatch = dispatcher(world);
  return (events: readonly Event[], receives = 1) =>
    dispatch([{ content: { account: events[0]?.account ?? "", events }, receives }], world.clock.now() + leftMs);
}

export const stateOf = async (world: MemoryWorld, { id }: Endpoint) => (await world.states.read([id])).get(id);
export const statuses = async (world: MemoryWorld, { account, id }: Event) =>
  (await findEventWithDeliveries(world, account, id)).deliveries.map(({ delivery }) => delivery.status);
