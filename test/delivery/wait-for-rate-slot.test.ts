import { describe, expect, it } from "vitest";
import { waitForRateSlot } from "../../lambdas/delivery/wait-for-rate-slot.ts";
import { memoryPacer } from "../../local/simulator/memory/pacer.ts";

const LIMITED = { id: "ep_1", rateLimit: 1 };
const START = 1_000_000;

function ports() {
  let now = START;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  return { clock, pacer: memoryPacer() };
}

describe("waiting for a rate slot", () => {
  it("takes no slot if the endpoint has no rate limit", async () => {
    const { clock } = ports();
    const pacer = { slot: () => Promise.reject(new Error("no slot is needed")) };
    const options = { horizonMs: 0, isInTime: () => true };
    expect(await waitForRateSlot({ clock, pacer }, { id: "ep_1" }, options)).toBe(true);
  });

  it("waits for the next slot within the horizon", async () => {
    const world = ports();
    const options = { horizonMs: 1_000, isInTime: () => true };
    expect(await waitForRateSlot(world, LIMITED, options)).toBe(true);
    expect(await waitForRateSlot(world, LIMITED, options)).toBe(true);
    expect(world.clock.now()).toBe(START + 1_000);
  });

  it("gives up if no slot is within the horizon", async () => {
    const world = ports();
    const options = { horizonMs: 500, isInTime: () => true };
    await waitForRateSlot(world, LIMITED, options);
    expect(await waitForRateSlot(world, LIMITED, options)).toBe(false);
    expect(world.clock.now()).toBe(START);
  });

  it("retries with askAgainMs until a slot is within the horizon", async () => {
    const world = ports();
    const options = { horizonMs: 500, askAgainMs: 100, isInTime: () => true };
    await waitForRateSlot(world, LIMITED, options);
    expect(await waitForRateSlot(world, LIMITED, options)).toBe(true);
    expect(world.clock.now()).toBe(START + 1_000);
  });

  it("gives up when isInTime is false", async () => {
    const world = ports();
    const options = { horizonMs: 0, askAgainMs: 100, isInTime: () => world.clock.now() < START + 300 };
    await waitForRateSlot(world, LIMITED, options);
    expect(await waitForRateSlot(world, LIMITED, options)).toBe(false);
    expect(world.clock.now()).toBe(START + 300);
  });
});
