import { describe, expect, it } from "vitest";
import type { States, Wake } from "../../lambdas/ports/endpoints.ts";
import { sweep } from "../../lambdas/retry/resend-overdue-wake-ups.ts";

const NOW = 1_000_000;
const OVERDUE = Array.from({ length: 120 }, (_, n) => ({ endpoint: `ep_${n}`, wakeAt: n + 1 }));

/** A table with these promises overdue, and a timer that takes them so. */
function worldWith(overdue: readonly Wake[], set: (wake: Wake) => Promise<void>) {
  const asked: { before: number; limit: number }[] = [];
  const counts: number[] = [];
  const states: Pick<States, "overdue"> = {
    overdue: async (before, limit) => {
      asked.push({ before, limit });
      return overdue.slice(0, limit);
    },
  };
  const world = {
    clock: { now: () => NOW },
    states,
    timer: { set },
    report: { swept: (count: number) => void counts.push(count) },
  };
  return { world, asked, counts };
}

describe("the sweeper", () => {
  it("sends a wake-up for each promise that is two minutes overdue, and tells how many", async () => {
    const sent: Wake[] = [];
    const { world, asked, counts } = worldWith(OVERDUE, async (wake) => void sent.push(wake));
    expect(await sweep(world)).toBe(120);
    expect(sent).toEqual(OVERDUE);
    expect(counts).toEqual([120]);
    expect(asked).toEqual([{ before: NOW - 120_000, limit: 5_000 }]);
  });

  it("sends several side by side, but not all", async () => {
    let [underWay, most] = [0, 0];
    const { world } = worldWith(OVERDUE, async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
    });
    await sweep(world);
    expect(most).toBe(25);
  });

  it("sends the others where one cannot be sent, tells how many were, and then fails as that one did", async () => {
    const sent: Wake[] = [];
    const refused = new Error("refused");
    const { world, counts } = worldWith(OVERDUE, async (wake) => {
      if (wake.wakeAt % 3 === 0) throw refused;
      sent.push(wake);
    });
    await expect(sweep(world)).rejects.toBe(refused);
    expect(sent).toEqual(OVERDUE.filter(({ wakeAt }) => wakeAt % 3 !== 0));
    expect(counts).toEqual([80]);
  });

  it("has nothing to send where nothing is overdue", async () => {
    const { world, counts } = worldWith([], () => Promise.reject(new Error("nothing to send")));
    expect(await sweep(world)).toBe(0);
    expect(counts).toEqual([0]);
  });
});
