import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteCallback, removeEndpoint } from "../../lambdas/mailjet/change-callbacks.ts";
import { listCallbacks } from "../../lambdas/mailjet/find-callbacks.ts";
import { CALLBACK_TYPE_NAMES } from "../../lambdas/mailjet/model/callback.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";
import { A, ACCOUNT, B, endpointsOf, expectSettled, move, register } from "./callback-steps.ts";

/** One of the things that callers do. What is refused is done with. */
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
async function take(world: MemoryWorld, { do: what, id, url, isBackup }: Step, endpoint?: string): Promise<void> {
  if (what === "add") await register(world, CALLBACK_TYPE_NAMES[id % 3] ?? "open", url, { isBackup });
  else if (what === "move") await move(world, id, url);
  else if (what === "delete") await deleteCallback(world, ACCOUNT, id);
  else await removeEndpoint(world, ACCOUNT, endpoint ?? (await endpointsOf(world))[id - 1]?.id ?? "");
}
const REFUSALS = ["CALLBACK_EXISTS", "CALLBACK_NOT_FOUND", "ENDPOINT_NOT_FOUND"];
const unlessRefused = (error: unknown) => {
  if (!REFUSALS.includes(Reflect.get(Object(error), "code"))) throw error;
};

/** A world whose every call of a store is told first, and may be kept waiting or fail. */
function watchedWorld(world: MemoryWorld, before: () => Promise<void>): MemoryWorld {
  const watched = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        return typeof call === "function"
          ? async (...args: unknown[]) => {
              await before();
              return Reflect.apply(call, target, args);
            }
          : call;
      },
    });
  return {
    ...world,
    callbacks: watched(world.callbacks),
    endpoints: watched(world.endpoints),
    states: watched(world.states),
    timer: watched(world.timer),
  };
}

/** Most calls take a few turns, some so many that others do all of theirs meanwhile. */
function idling(seed: number): () => Promise<void> {
  const { next: random } = seededRandom(seed);
  return async () => {
    const longest = random() < 0.2 ? 200 : 5;
    for (let turns = Math.floor(random() * longest); turns > 0; turns--) await Promise.resolve();
  };
}

describe("whatever happens to changes of callbacks", () => {
  it("at the same moment, none undoes another: the endpoints are what the callbacks say when all are done", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 4 }),
        fc.array(anyStep, { minLength: 2, maxLength: 4 }),
        fc.integer(),
        async (first, then, seed) => {
          const world = memoryWorld();
          for (const step of first) await take(world, step).catch(unlessRefused);
          const slow = watchedWorld(world, idling(seed));
          await Promise.all(then.map((step) => take(slow, step).catch(unlessRefused)));
          await expectSettled(world);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("at the same moment, each gets its events from its answer on", async () => {
    const anyAdd = fc.record({ type: fc.constantFrom(...CALLBACK_TYPE_NAMES), url: fc.constantFrom(A, B) });
    const anyAdds = fc.uniqueArray(anyAdd, { minLength: 2, maxLength: 5, selector: ({ type }) => type });
    await fc.assert(
      fc.asyncProperty(anyAdds, fc.integer(), async (adds, seed) => {
        const world = memoryWorld();
        const answered: string[] = [];
        const idle = idling(seed);
        const slow = watchedWorld(world, async () => {
          await idle();
          const wanted = (await endpointsOf(world)).flatMap(({ eventTypes }) => eventTypes);
          expect(wanted).toEqual(expect.arrayContaining(answered));
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

  it("in a crash between any two writes, whoever looks or asks for the same next completes them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 5 }),
        anyStep,
        fc.integer({ min: 1, max: 25 }),
        fc.boolean(),
        async (first, last, dies, isLooking) => {
          const world = memoryWorld();
          for (const step of first) await take(world, step).catch(unlessRefused);
          let calls = 0;
          const dying = watchedWorld(world, async () => {
            if (++calls >= dies) throw new Error("the function was frozen");
          });
          const endpoint = (await endpointsOf(world))[last.id - 1]?.id ?? "";
          await take(dying, last, endpoint).catch(() => undefined);
          if (isLooking) await listCallbacks(world, ACCOUNT);
          else await take(world, last, endpoint).catch(unlessRefused);
          await expectSettled(world);
        },
      ),
      {
        numRuns: 500,
        // Once found: its endpoint was gone before what else follows from that was done, and nobody could ask for it again.
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
