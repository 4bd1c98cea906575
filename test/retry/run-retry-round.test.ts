import { describe, expect, it } from "vitest";
import { recordFirstAttempts } from "../../lambdas/delivery/record-first-attempts.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { toPaused } from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { keptUntil } from "../../lambdas/shared/retention.ts";
import type { Behaviour } from "../memory/webhook-client.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

/** An endpoint with one delivery that is due, and its wake-up. */
async function dueWorld(receive: () => Behaviour | Promise<Behaviour>) {
  const world = memoryWorld(receive);
  const { clock } = world;
  const endpoint = endpointWith({});
  await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, clock.now()));
  const event = eventWith();
  await recordFirstAttempts(world, event, [{ endpoint }], keptUntil(event.acceptedAt, 30));
  const wakeAt = clock.now();
  await world.states.update(endpoint.id, { set: { wakeAt }, add: { parked: 1 } });
  const run = () => retryRoundRunner(world)({ endpoint: endpoint.id, wakeAt }, clock.now() + 60_000);
  return { world, endpoint, run };
}

const stateOf = async ({ states }: Awaited<ReturnType<typeof dueWorld>>["world"], id: string) =>
  (await states.read([id])).get(id);

describe("a retry round", () => {
  it("a deletion during a round is kept even if the receiver answers 410", async () => {
    const due = await dueWorld(async () => {
      await deleteEndpoint(due.world, due.endpoint.account, due.endpoint.id);
      return { status: 410 };
    });
    await due.run();
    const state = await stateOf(due.world, due.endpoint.id);
    expect(state).toMatchObject({ status: "deleted", wakeAt: expect.any(Number) });
    expect(due.world.wakes.at(-1)).toEqual({ endpoint: due.endpoint.id, wakeAt: state?.wakeAt });
  });

  it("a round cancels the pending deliveries if the endpoint is deleted while its resumption is published", async () => {
    const { world, endpoint, run } = await dueWorld(() => ({ status: 200 }));
    const present = await stateOf(world, endpoint.id);
    if (present === undefined) throw new Error("The endpoint has no state");
    await world.states.update(endpoint.id, toPaused(present, world.clock.now()));
    await resumeEndpoint(world, endpoint.account, endpoint.id);
    const { send } = world.queue;
    world.queue.send = async (...sent) => {
      await deleteEndpoint(world, endpoint.account, endpoint.id).catch(() => undefined);
      return send.apply(world.queue, sent);
    };
    world.clock.move(1_000);
    await run();
    expect(world.webhookClient.ledger).toEqual([]);
    expect(await world.deliveries.oldest(endpoint.id, { limit: 1 })).toEqual([]);
    expect(await stateOf(world, endpoint.id)).toBeUndefined();
  });

  it("a round ends with a wake-up within 31 s even if its backlog grows all the time", async () => {
    const { world, endpoint, run } = await dueWorld(() => ({ status: 500, tookMs: 0 }));
    const { update } = world.states;
    world.states.update = async (id, change) => {
      const isClosing = change.remove?.includes("roundId") && change.onlyIf?.some(({ field }) => field === "version");
      if (isClosing) await update(id, { add: { parked: 1 } });
      return update(id, change);
    };
    await run();
    const state = await stateOf(world, endpoint.id);
    expect(state?.roundId).toBeUndefined();
    expect(state?.wakeAt).toBeGreaterThan(world.clock.now());
    expect(state?.wakeAt).toBeLessThanOrEqual(world.clock.now() + 31_000);
  });

  it("a round cancels the pending deliveries and removes the state if the endpoint is gone", async () => {
    const { world, endpoint, run } = await dueWorld(() => ({ status: 200 }));
    await world.endpoints.remove(endpoint.account, endpoint.id);
    await run();
    expect(world.webhookClient.ledger).toEqual([]);
    expect(await world.deliveries.oldest(endpoint.id, { limit: 1 })).toEqual([]);
    expect(await stateOf(world, endpoint.id)).toBeUndefined();
  });

  it("a round runs even if the write that began it was sent twice", async () => {
    const { world, run } = await dueWorld(() => ({ status: 200 }));
    const { update } = world.states;
    world.states.update = async (id, change) => {
      const updated = await update(id, change);
      // The SDK repeats the write, and the condition refuses the second one.
      return change.set?.roundId === undefined ? updated : update(id, change);
    };
    await run();
    expect(world.webhookClient.ledger).toHaveLength(1);
  });
});
