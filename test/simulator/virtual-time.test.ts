import { describe, expect, it } from "vitest";
import { VirtualTime } from "../../local/simulator/virtual-time.ts";

describe("virtual time", () => {
  it("runs calls in the order of their times, and calls of the same instant in the order they were added", async () => {
    const time = new VirtualTime(0);
    const called: string[] = [];
    for (const [at, name] of [
      [30, "c"],
      [10, "a"],
      [30, "d"],
      [20, "b"],
    ] as const)
      time.at(at, () => called.push(name));
    await time.run(30);
    expect(called.join("")).toBe("abcd");
  });

  it("lets all code continue that can before time advances", async () => {
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
