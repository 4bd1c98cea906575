import { describe, expect, it } from "vitest";
import { resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { retryRoundsRunner } from "../../../lambdas/retry/run-retry-round.ts";
import { BACKUP, MAIN, MINUTE_MS, pair, SECOND_MS } from "./backup-pair.ts";

describe("a function that is killed while it moves a delivery to the backup", () => {
  /** Runs a round of the main endpoint that is killed when it calls this operation. */
  const killedRound = async (
    { world, main }: Awaited<ReturnType<typeof pair>>,
    at: "recordOutcome" | "removeFromBacklog",
  ) => {
    const { wakeAt = 0 } = await main.state();
    world.clock.move(Math.max(0, wakeAt - world.clock.now()));
    const deliveries = { ...world.deliveries, [at]: () => Promise.reject(new Error("killed")) };
    const wake = { endpoint: main.endpoint.id, wakeAt };
    await retryRoundsRunner({ ...world, deliveries })([{ content: wake }], world.clock.now() + MINUTE_MS);
  };

  it("a delivery whose move was interrupted is delivered by the backup and moved only once", async () => {
    const setup = await pair();
    const { send, got, fails, pass, main } = setup;
    fails(MAIN, 410);
    const sent = await send(3);
    await killedRound(setup, "recordOutcome");
    await pass(5 * MINUTE_MS); // the lease ends, and the round runs again
    expect(got(BACKUP)).toEqual(sent.toSorted());
    expect(await main.backlog()).toEqual([]);
  });

  it("a delivery is not lost if it moves back before its first move was recorded", async () => {
    const setup = await pair();
    const { send, got, fails, recovers, pass, main, world } = setup;
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(3);
    await killedRound(setup, "recordOutcome");
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(20 * SECOND_MS); // it moves back, and is in the backlog already
    recovers(BACKUP);
    await pass(5 * MINUTE_MS); // the main endpoint is suspended again
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("a delivery is not lost if a backup with an outdated state moves it back during the move", async () => {
    const setup = await pair();
    const { send, got, fails, pass, main, backup, world } = setup;
    const { read } = world.states;
    const { recordOutcome } = world.deliveries;
    const notYetSuspended: typeof read = async (ids) =>
      new Map(
        [...(await read(ids))].map(([id, state]) => [
          id,
          { ...state, status: id === main.endpoint.id ? "failing" : state.status },
        ]),
      );
    let isMovedBack = false;
    world.deliveries.recordOutcome = async (ended) => {
      if (ended.reason === "moved" && !isMovedBack) {
        isMovedBack = true;
        const { wakeAt = 0 } = await backup.state();
        world.clock.move(Math.max(0, wakeAt - world.clock.now()));
        const outdated = { ...world, states: { ...world.states, read: notYetSuspended } };
        await retryRoundsRunner(outdated)(
          [{ content: { endpoint: backup.endpoint.id, wakeAt } }],
          world.clock.now() + MINUTE_MS,
        );
      }
      return recordOutcome(ended);
    };
    fails(MAIN, 410);
    const sent = await send(3);
    await pass(5 * MINUTE_MS);
    expect(isMovedBack).toBe(true);
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("a delivery is not lost if it moves back before it left the old backlog", async () => {
    const setup = await pair();
    const { send, got, fails, recovers, pass, main, world } = setup;
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(3);
    await killedRound(setup, "removeFromBacklog");
    await pass(5 * SECOND_MS);
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5 * MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });
});
