import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FairQueue } from "../../lambdas/delivery/fair-queue.ts";

const always = () => true;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: () => resolve("done") };
}

describe("lanes", () => {
  it("let at most so many run of one lane and in all", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(3)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        async (jobs, perKey, total) => {
          const lanes = new FairQueue({ perKey, total });
          const running: string[] = [];
          let done = 0;
          const job = async ([lane, turns]: [string, number]) => {
            running.push(lane);
            expect(running.length).toBeLessThanOrEqual(total);
            expect(running.filter((one) => one === lane).length).toBeLessThanOrEqual(perKey);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            running.splice(running.indexOf(lane), 1);
            done++;
          };
          await Promise.all(jobs.map((one) => lanes.run(one[0], always, () => job(one))));
          expect(done).toBe(jobs.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("begin another lane's work while one lane is full", async () => {
    const lanes = new FairQueue({ perKey: 2, total: 3 });
    const slow = held();
    for (let i = 0; i < 10; i++) void lanes.run("slow", always, slow.work);
    expect(await lanes.run("fast", always, async () => "done")).toBe("done");
    slow.end();
  });

  it("take turns, so that a long queue does not come before a short one", async () => {
    const lanes = new FairQueue({ perKey: 5, total: 1 });
    const order: string[] = [];
    const first = held();
    const all = [lanes.run("a", always, first.work)];
    for (const lane of ["a", "a", "a", "b"]) all.push(lanes.run(lane, always, async () => String(order.push(lane))));
    first.end();
    await Promise.all(all);
    expect(order.indexOf("b")).toBeLessThan(2);
  });

  it("give up work whose time has passed when its turn comes", async () => {
    const lanes = new FairQueue({ perKey: 1, total: 1 });
    const first = held();
    let isInTime = true;
    const begun = lanes.run("a", always, first.work);
    const late = lanes.run(
      "a",
      () => isInTime,
      async () => "never",
    );
    isInTime = false;
    first.end();
    expect([await begun, await late]).toEqual(["done", undefined]);
  });

  it("go on after work that fails", async () => {
    const lanes = new FairQueue({ perKey: 1, total: 1 });
    const failed = lanes.run("a", always, () => Promise.reject(new Error("no")));
    const next = lanes.run("a", always, async () => "done");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("done");
    await settle();
  });
});
