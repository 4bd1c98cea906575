import { describe, expect, it } from "vitest";
import type { States, Wake } from "../../lambdas/ports/endpoints.ts";
import { sweep } from "../../lambdas/retry/resend-overdue-wake-ups.ts";

const NOW = 1_000_000;
const OVERDUE = Array.from({ length: 120 }, (_, n) => ({ endpoint: `ep_${n}`, wakeAt: n + 1 }));

/** Dependencies of the sweeper with these overdue wake-ups and this timer. */
function worldWith(overdue: readonly Wake[], set: (wake: Wake) => Promise<void>) {
  const reads: { before: number; limit: number }[] = [];
  const counts: number[] = [];
  const states: Pick<States, "overdue"> = {
    overdue: async (before, limit) => {
      reads.push({ before, limit });
      return overdue.slice(0, limit);
    },
  };
  const world = {
    clock: { now: () => NOW },
    states,
    timer: { set },
    report: { swept: (count: number) => void counts.push(count) },
  };
  return { world, reads, counts };
}

describe("the sweeper", () => {
  it("the sweeper resends every wake-up that is two minutes overdue, and reports the number", async () => {
    const sent: Wake[] = [];
    const { world, reads, counts } = worldWith(OVERDUE, async (wake) => void sent.push(wake));
    expect(await sweep(world)).toBe(120);
    expect(sent).toEqual(OVERDUE);
    expect(counts).toEqual([120]);
    expect(reads).toEqual([{ before: NOW - 120_000, limit: 5_000 }]);
  });

  it("the sweeper sends 25 wake-ups at the same time", async () => {
    let [inFlight, most] = [0, 0];
    const { world } = worldWith(OVERDUE, async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
    });
    await sweep(world);
    expect(most).toBe(25);
  });

  it("the sweeper sends the other wake-ups if one fails, reports their number, and then throws", async () => {
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

  it("the sweeper reports 0 if no wake-up is overdue", async () => {
    const { world, counts } = worldWith([], () => Promise.reject(new Error("unexpected")));
    expect(await sweep(world)).toBe(0);
    expect(counts).toEqual([0]);
  });
});
