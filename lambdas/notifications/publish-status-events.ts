import { published, publishedSoFar } from "../endpoints/model/announcements.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { States } from "../ports/endpoints.ts";
import type { EventQueue } from "../ports/events.ts";
import { statusEvents } from "./model/operational-event.ts";

interface Ports {
  readonly queue: EventQueue;
  readonly states: States;
  readonly operatorAccount: string;
}

/**
 * Publishes an endpoint's unpublished status events to its account and the operator's. They are sent first and removed from
 * the state second: after a crash in between they are sent again with the same id.
 * @returns the state afterwards
 */
export async function publishStatusEvents(
  { queue, states, operatorAccount }: Ports,
  state: EndpointState,
): Promise<EndpointState> {
  if (state.announce === undefined) return state;
  const events = statusEvents(state, operatorAccount);
  if (events.length > 0) await queue.send(events);
  const removed = await states.update(state.endpoint, published(state));
  const updated = removed?.isDone === false ? await states.update(state.endpoint, publishedSoFar(state)) : removed;
  return updated?.state ?? state;
}
