import { describe, expect, it } from "vitest";
import { recordFirstAttempts } from "../../lambdas/delivery/record-first-attempts.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { toPaused } from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { change, hasTime, type Round } from "../../lambdas/retry/retry-round.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
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

describe("a running round", () => {
  async function running() {
    const { world, endpoint } = await dueWorld(() => ({ status: 200 }));
    const state = await stateOf(world, endpoint.id);
    if (state === undefined) throw new Error("The endpoint has no state");
    const { version } = state;
    const round: Round = {
      id: "mine",
      endpoint,
      state,
      readAt: 0,
      version,
      announcementsBefore: 0,
      deadlineAt: 1_000_000,
    };
    return { world, endpoint, round };
  }

  it("starts an attempt only if it ends and is recorded before the function times out", async () => {
    const { round, endpoint } = await running();
    const last = round.deadlineAt - endpoint.timeoutMs - LIMITS.recordingMs;
    expect([hasTime(round, 0), hasTime(round, last), hasTime(round, last + 1)]).toEqual([true, true, false]);
  });

  it("writes its changes, and knows their version", async () => {
    const { world, round, endpoint } = await running();
    world.clock.move(5);
    expect(await change(world, round, toPaused(round.state, world.clock.now()))).toBe(true);
    expect(round).toMatchObject({ version: 2, readAt: world.clock.now(), state: { status: "paused", version: 2 } });
    expect(await change(world, round, { set: { streak: 3 } })).toBe(true);
    expect(await stateOf(world, endpoint.id)).toEqual(round.state);
  });

  it("decides nothing on a version that another function wrote, but still counts its results", async () => {
    const { world, round, endpoint } = await running();
    await world.states.update(endpoint.id, { add: { version: 1 } });
    const pause = toPaused(round.state, world.clock.now());
    expect(await change(world, round, pause)).toBe(false);
    expect(round).toMatchObject({ version: 1, state: { status: "active", version: 2 } });
    expect(await change(world, round, toPaused(round.state, world.clock.now()))).toBe(false);
    expect(await change(world, round, { add: { streak: 1 } })).toBe(true);
    expect(await stateOf(world, endpoint.id)).toMatchObject({ status: "active", version: 2, streak: 1 });
  });

  it("changes nothing once the state is gone", async () => {
    const { world, round, endpoint } = await running();
    await world.states.remove(endpoint.id, []);
    expect(await change(world, round, { set: { streak: 3 } })).toBe(false);
    expect(round.state.streak).toBe(0);
  });
});
