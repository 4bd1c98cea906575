import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { type EndpointState, newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import type { MemoryWorld } from "../support/memory-world.ts";

const { next: random } = seededRandom(11);
const FUNCTION_MS = 60_000;

/** Registers an endpoint, and drives its dispatches and rounds step by step. */
export async function addEndpoint(world: MemoryWorld, more: Partial<Endpoint> = {}) {
  const { clock } = world;
  const endpoint = endpointWith(more);
  const { id, account } = endpoint;
  await world.endpoints.add(endpoint, newState(id, account, clock.now()));
  const dispatch = dispatcher(world);
  const runRound = retryRoundRunner(world);

  const state = async (): Promise<EndpointState> => {
    const found = (await world.states.read([id])).get(id);
    if (found === undefined) throw new Error(`There is no state of ${id}`);
    return found;
  };
  return {
    endpoint,
    state,
    /** Dispatches new events in one batch. */
    async send(count = 1, event: Partial<Event> = {}): Promise<Event[]> {
      const events = Array.from({ length: count }, () =>
        eventWith({ account, id: newId("evt", clock.now(), random), acceptedAt: clock.now(), ...event }),
      );
      await dispatch([{ content: { account, events }, receives: 1 }], clock.now() + FUNCTION_MS);
      return events;
    },
    /** Moves the clock to the scheduled wake-up and runs its round. */
    async wake(): Promise<void> {
      const { wakeAt } = await state();
      if (wakeAt === undefined) throw new Error("No wake-up is scheduled");
      clock.move(Math.max(0, wakeAt - clock.now()));
      await runRound({ endpoint: id, wakeAt }, clock.now() + FUNCTION_MS);
    },
    /** The pending deliveries, oldest first. */
    backlog: () => world.deliveries.oldest(id, { limit: 1_000 }),
    /** Types and payloads of the operational webhooks that were published to the endpoint's account. */
    published: () =>
      world.queue.sent
        .filter((event) => event.account === account)
        .map(({ type, payload }) => ({ type, ...JSON.parse(Buffer.from(payload).toString()) })),
  };
}
