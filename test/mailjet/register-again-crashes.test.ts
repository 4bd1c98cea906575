import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import type { MemoryWorld } from "../support/memory-world.ts";
import {
  A,
  ACCOUNT,
  expectSettled,
  MINUTE_MS,
  outcomeOf,
  register,
  remove,
  runRounds,
  send,
  unreliableWorld,
} from "./callback-steps.ts";
import { interceptedWorld } from "./intercepted-world.ts";

describe("crashes while a callback is deleted and registered again", () => {
  it("lose no delivery and send none twice, wherever a function crashes", async () => {
    const anyCrash = fc.integer({ min: 1, max: 25 });
    const anyWait = fc.integer({ min: 0, max: 19_000 });
    await fc.assert(
      fc.asyncProperty(anyCrash, anyCrash, anyCrash, anyWait, anyWait, async (first, second, third, wait, wait2) => {
        const { world, receivers } = unreliableWorld();
        const { endpoint } = await register(world, "open");
        const eventId = await send(world, "open");
        /** Runs a request that crashes, and the same one again, as a client would. */
        const twice = async (crashAt: number, request: (world: MemoryWorld) => Promise<unknown>) => {
          let calls = 0;
          const crashing = interceptedWorld(world, async () => {
            if (++calls >= crashAt) throw new Error("crashed");
          });
          const done = await request(crashing).then(
            () => true,
            () => false,
          );
          if (!done) await request(world).catch((error) => expect(error.code).toMatch(/^CALLBACK_(EXISTS|NOT_FOUND)$/));
        };
        await twice(first, (at) => remove(at, "open"));
        world.clock.move(wait);
        await twice(second, (at) => runRounds(at, [endpoint.id]));
        world.clock.move(wait2);
        await twice(third, (at) => register(at, "open"));
        receivers.works = true;
        for (let minutes = 0; minutes < 5; minutes++) {
          await runRounds(world, [endpoint.id]);
          world.clock.move(MINUTE_MS);
        }
        await listCallbacks(world, ACCOUNT);
        await expectSettled(world);
        expect(receivers.got).toEqual([`${A} ${eventId}`]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(Array.from({ length: 25 }, (_, n) => n + 1))(
    "a callback that is deleted again after its registration crashed at call %i costs few rounds",
    async (crashAt) => {
      const { world } = unreliableWorld();
      const { endpoint } = await register(world, "open");
      const eventId = await send(world, "open");
      await remove(world, "open");
      await runRounds(world, [endpoint.id]);
      let calls = 0;
      const crashing = interceptedWorld(world, async () => {
        if (++calls >= crashAt) throw new Error("crashed");
      });
      await register(crashing, "open").catch(() => undefined);
      await remove(world, "open").catch(() => undefined);
      let rounds = 0;
      const { update } = world.states;
      world.states.update = (id, change) => {
        if (change.set?.roundUntil !== undefined) rounds += 1;
        return update(id, change);
      };
      for (let n = 0; n < 12; n++) await runRounds(world, [endpoint.id]);
      expect(rounds).toBeLessThanOrEqual(15); // of 120 seconds
      expect(await outcomeOf(world, endpoint.id, eventId)).toBe("deleted");
    },
  );

  it("a registration at the end of the minute either keeps the backlog or starts with a new endpoint", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), async (turns, more) => {
        const { world, receivers } = unreliableWorld();
        const { endpoint } = await register(world, "open");
        const eventId = await send(world, "open");
        await remove(world, "open");
        await runRounds(world, [endpoint.id]);
        receivers.works = true;
        world.clock.move(MINUTE_MS - 10_000 - 1);
        const delayed = interceptedWorld(world, async () => {
          for (let turn = turns % 40; turn > 0; turn--) await Promise.resolve();
        });
        const rounds = (async () => {
          for (let turn = more; turn > 0; turn--) await Promise.resolve();
          world.clock.move(1);
          await runRounds(world, [endpoint.id]);
        })();
        const [again] = await Promise.all([register(delayed, "open"), rounds]);
        await runRounds(world, [endpoint.id, again.endpoint.id]);
        const isKept = again.endpoint.id === endpoint.id;
        expect(receivers.got).toEqual(isKept ? [`${A} ${eventId}`] : []);
        if (!isKept) expect(await outcomeOf(world, endpoint.id, eventId)).toBe("deleted");
        await expectSettled(world);
      }),
      { numRuns: 200 },
    );
  });
});
