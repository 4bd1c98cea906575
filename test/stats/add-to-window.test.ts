import { describe, expect, it } from "vitest";
import { windowAdder } from "../../lambdas/stats/add-to-window.ts";
import { failureRateWatch } from "../../lambdas/stats/alert-on-failure-rate.ts";
import { WINDOW_MS } from "../../lambdas/stats/model/counters.ts";
import { memoryWorld } from "../support/memory-world.ts";

const time = () => new AbortController().signal;
const addition = () => ({ additionTo: () => ({ counts: { "type#t": 1 }, dropped: [] }), keptMs: 1_000, time: time() });

/** A world whose table refuses the first updates, and the calls that it got. */
function worldThatRefuses(refusals: number) {
  const world = memoryWorld();
  const calls: string[] = [];
  let left = refusals;
  const { add } = world.stats;
  world.stats.announceShards = async (_, __, { shards }) => void calls.push(`announce ${shards}`);
  world.stats.add = async (kind, account, window, keptUntil) => {
    calls.push(`add to ${window.shard}`);
    if (left-- > 0) throw Object.assign(new Error("refused"), { name: "ThrottlingException" });
    return add(kind, account, window, keptUntil);
  };
  return { world, calls, addToWindow: windowAdder({ ...world, random: { next: () => 0 } }) };
}

describe("adding to a busy window", () => {
  it("after a refusal the shards are announced before the others are written, once in each window", async () => {
    const { world, calls, addToWindow } = worldThatRefuses(1);
    await expect(addToWindow("events", "acme", addition())).rejects.toThrow("refused");
    for (let n = 0; n < 3; n++) await addToWindow("events", "acme", addition());
    expect(calls).toEqual(["add to 0", "announce 2", "add to 0", "add to 1", "add to 0"]);
    calls.length = 0;
    world.clock.move(WINDOW_MS);
    await addToWindow("events", "other", addition());
    expect(calls).toEqual(["add to 0"]);
  });

  it("names that one shard holds do not count as held by another", async () => {
    const { addToWindow } = worldThatRefuses(1);
    const held: string[][] = [];
    const add = (name: string) =>
      addToWindow("events", "acme", {
        ...addition(),
        additionTo: (before) => {
          held.push(Object.keys(before));
          return { counts: { [name]: 1 }, dropped: [] };
        },
      });
    await add("type#refused").catch(() => undefined);
    for (const name of ["type#a", "type#b", "type#c"]) await add(name);
    expect(held).toEqual([[], [], [], ["type#a"]]); // the third is the other shard
  });
});

describe("the failure rate of an account with many windows", () => {
  it("is checked again in the same function only after a time that grows with what a check reads", async () => {
    const world = memoryWorld();
    let reads = 0;
    world.stats.watched = async () => {
      reads++;
      return { windows: Array.from({ length: 5 }, () => ({})), alerts: [] };
    };
    const watch = failureRateWatch({ ...world, failureRateLimit: { percent: 60, minutes: 15, emails: 100 } });
    await watch("acme", time());
    world.clock.move(79);
    await watch("acme", time());
    await watch("other", time());
    expect(reads).toBe(2);
    world.clock.move(1);
    await watch("acme", time());
    expect(reads).toBe(3);
  });
});
