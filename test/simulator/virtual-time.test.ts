import { describe, expect, it } from "vitest";
import { VirtualTime } from "../../local/simulator/virtual-time.ts";

describe("virtual time", () => {
  it("timers run in the order of their times, and timers of the same time in the order of their creation", async () => {
    const time = new VirtualTime(0);
    const kept: string[] = [];
    for (const [at, name] of [
      [30, "c"],
      [10, "a"],
      [30, "d"],
      [20, "b"],
    ] as const)
      time.at(at, () => kept.push(name));
    await time.run(30);
    expect(kept.join("")).toBe("abcd");
  });

  it("all ready work runs before the time moves on", async () => {
    const time = new VirtualTime(0);
    const seen: number[] = [];
    const walk = async () => {
      await time.sleep(3_600_000);
      await Promise.resolve();
      seen.push(time.now);
    };
    await Promise.all([time.run(7_200_000), walk()]);
    expect(seen).toEqual([3_600_000]);
    expect(time.now).toBe(7_200_000);
  });
});
