import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { publishedSoFar, told } from "../endpoints/model/endpoint-transitions.ts";
import type { States } from "../ports/endpoints.ts";
import type { EventQueue } from "../ports/events.ts";
import { statusEvents } from "./model/operational-event.ts";

interface World {
  readonly queue: EventQueue;
  readonly states: States;
  readonly operatorAccount: string;
}

/**
 * Tells what happened to an endpoint and was not told yet, as events of its account and of the operator's. Sent first,
 * struck out second: whoever crashes in between tells it again, under the same id.
 * @returns the state as it is then
 */
export async function publishStatusEvents(
  { queue, states, operatorAccount }: World,
  state: EndpointState,
): Promise<EndpointState> {
  if (state.announce === undefined) return state;
  const events = statusEvents(state, operatorAccount);
  if (events.length > 0) await queue.send(events);
  const struck = await states.update(state.endpoint, told(state));
  const noted = struck?.isDone === false ? await states.update(state.endpoint, publishedSoFar(state)) : struck;
  return noted?.state ?? state;
}
