import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteCallback, removeEndpoint } from "../../lambdas/mailjet/change-callbacks.ts";
import { listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import { CALLBACK_TYPE_NAMES } from "../../lambdas/mailjet/model/callback.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";
import { A, ACCOUNT, B, endpointsOf, expectSettled, move, register } from "./callback-steps.ts";
import { interceptedWorld } from "./intercepted-world.ts";

/** One request of a caller. A refused request changes nothing. */
type Step = {
  readonly do: "add" | "move" | "delete" | "remove";
  readonly id: number;
  readonly url: string;
  readonly isBackup: boolean;
};
const anyStep: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom("add", "add", "move", "delete", "remove"),
  id: fc.integer({ min: 1, max: 4 }),
  url: fc.constantFrom(A, B),
  isBackup: fc.boolean(),
});
async function run(world: MemoryWorld, { do: what, id, url, isBackup }: Step, endpoint?: string): Promise<void> {
  if (what === "add") await register(world, CALLBACK_TYPE_NAMES[id % 3] ?? "open", url, { isBackup });
  else if (what === "move") await move(world, id, url);
  else if (what === "delete") await deleteCallback(world, ACCOUNT, id);
  else await removeEndpoint(world, ACCOUNT, endpoint ?? (await endpointsOf(world))[id - 1]?.id ?? "");
}
const REFUSALS = ["CALLBACK_EXISTS", "CALLBACK_NOT_FOUND", "ENDPOINT_NOT_FOUND"];
const unlessRefused = (error: unknown) => {
  if (!REFUSALS.includes(Reflect.get(Object(error), "code"))) throw error;
};

/** Delays most calls by a few turns of the event loop, and some by so many that other requests complete meanwhile. */
function delays(seed: number): () => Promise<void> {
  const { next: random } = seededRandom(seed);
  return async () => {
    const longest = random() < 0.2 ? 200 : 5;
    for (let turns = Math.floor(random() * longest); turns > 0; turns--) await Promise.resolve();
  };
}

describe("concurrent changes of callbacks", () => {
  it("concurrent changes do not undo each other: afterwards the endpoints match the callback set", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 4 }),
        fc.array(anyStep, { minLength: 2, maxLength: 4 }),
        fc.integer(),
        async (first, then, seed) => {
          const world = memoryWorld();
          for (const step of first) await run(world, step).catch(unlessRefused);
          const slow = interceptedWorld(world, delays(seed));
          await Promise.all(then.map((step) => run(slow, step).catch(unlessRefused)));
          await expectSettled(world);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("a callback gets its events as soon as its request is answered, also during concurrent requests", async () => {
    const anyAdd = fc.record({ type: fc.constantFrom(...CALLBACK_TYPE_NAMES), url: fc.constantFrom(A, B) });
    const anyAdds = fc.uniqueArray(anyAdd, { minLength: 2, maxLength: 5, selector: ({ type }) => type });
    await fc.assert(
      fc.asyncProperty(anyAdds, fc.integer(), async (adds, seed) => {
        const world = memoryWorld();
        const answered: string[] = [];
        const delay = delays(seed);
        const slow = interceptedWorld(world, async () => {
          await delay();
          const subscribed = (await endpointsOf(world)).flatMap(({ eventTypes }) => eventTypes);
          expect(subscribed).toEqual(expect.arrayContaining(answered));
        });
        await Promise.all(
          adds.map(async ({ type, url }) => {
            await register(slow, type, url);
            answered.push(type);
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("a change that crashed between two writes is completed by the next list or the same request", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 5 }),
        anyStep,
        fc.integer({ min: 1, max: 25 }),
        fc.boolean(),
        async (first, last, crashAt, isListing) => {
          const world = memoryWorld();
          for (const step of first) await run(world, step).catch(unlessRefused);
          let calls = 0;
          const crashing = interceptedWorld(world, async () => {
            if (++calls >= crashAt) throw new Error("crashed");
          });
          const endpoint = (await endpointsOf(world))[last.id - 1]?.id ?? "";
          await run(crashing, last, endpoint).catch(() => undefined);
          if (isListing) await listCallbacks(world, ACCOUNT);
          else await run(world, last, endpoint).catch(unlessRefused);
          await expectSettled(world);
        },
      ),
      {
        numRuns: 500,
        // Found earlier: the endpoint was gone before the other steps were done, and no request could complete them.
        examples: [
          [
            [false, true].map((isBackup) => ({ do: "add", id: 1, url: A, isBackup })),
            { do: "remove", id: 2, url: A, isBackup: false },
            11,
            false,
          ],
        ],
      },
    );
  });
});
