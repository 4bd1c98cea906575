import { describe, expect, it } from "vitest";
import { resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { retryRoundsRunner } from "../../../lambdas/retry/run-retry-round.ts";
import { BACKUP, MAIN, MINUTE_MS, pair, SECOND_MS } from "./backup-pair.ts";

describe("a delivery that is handed over by a function that dies", () => {
  /** A round of the main endpoint that dies when it would end what it has handed over. */
  const dyingRound = async ({ world, main }: Awaited<ReturnType<typeof pair>>, at: "recordOutcome" | "unpark") => {
    const { wakeAt = 0 } = await main.state();
    world.clock.move(Math.max(0, wakeAt - world.clock.now()));
    const deliveries = { ...world.deliveries, [at]: () => Promise.reject(new Error("killed")) };
    const wake = { endpoint: main.endpoint.id, wakeAt };
    await retryRoundsRunner({ ...world, deliveries })([{ content: wake }], world.clock.now() + MINUTE_MS);
  };

  it("is delivered by the backup, and not handed over once more", async () => {
    const both = await pair();
    const { send, got, fails, pass, main } = both;
    fails(MAIN, 410);
    const sent = await send(3);
    await dyingRound(both, "recordOutcome");
    await pass(5 * MINUTE_MS); // the lease ends, and the round comes again
    expect(got(BACKUP)).toEqual(sent.toSorted());
    expect(await main.waiting()).toEqual([]);
  });

  it("is not lost where it came back before it was ended where it had come from", async () => {
    const both = await pair();
    const { send, got, fails, mends, pass, main, world } = both;
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(3);
    await dyingRound(both, "recordOutcome");
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(20 * SECOND_MS); // it would come back, and is there already
    mends(BACKUP);
    await pass(5 * MINUTE_MS); // the main one is suspended once more
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("is not lost where the backup, which has not heard of the suspension yet, would hand it back at that very moment", async () => {
    const both = await pair();
    const { send, got, fails, pass, main, backup, world } = both;
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
        const unaware = { ...world, states: { ...world.states, read: notYetSuspended } };
        await retryRoundsRunner(unaware)(
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

  it("is not lost where its old place was not cleared before it came back", async () => {
    const both = await pair();
    const { send, got, fails, mends, pass, main, world } = both;
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(3);
    await dyingRound(both, "unpark");
    await pass(5 * SECOND_MS);
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5 * MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });
});
