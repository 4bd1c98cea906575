import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FairQueue } from "../../lambdas/delivery/fair-queue.ts";

const always = () => true;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when `end` is called. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: () => resolve("done") };
}

describe("fair queue", () => {
  it("a fair queue limits the running work per key and in total", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(3)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        async (jobs, perKey, total) => {
          const queue = new FairQueue({ perKey, total });
          const running: string[] = [];
          let done = 0;
          const job = async ([key, turns]: [string, number]) => {
            running.push(key);
            expect(running.length).toBeLessThanOrEqual(total);
            expect(running.filter((other) => other === key).length).toBeLessThanOrEqual(perKey);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            running.splice(running.indexOf(key), 1);
            done++;
          };
          await Promise.all(jobs.map((entry) => queue.run(entry[0], always, () => job(entry))));
          expect(done).toBe(jobs.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("work of another key starts while one key is at its limit", async () => {
    const queue = new FairQueue({ perKey: 2, total: 3 });
    const slow = held();
    for (let i = 0; i < 10; i++) void queue.run("slow", always, slow.work);
    expect(await queue.run("fast", always, async () => "done")).toBe("done");
    slow.end();
  });

  it("keys take turns, so that a long backlog of one key does not delay another", async () => {
    const queue = new FairQueue({ perKey: 5, total: 1 });
    const order: string[] = [];
    const first = held();
    const all = [queue.run("a", always, first.work)];
    for (const key of ["a", "a", "a", "b"]) all.push(queue.run(key, always, async () => String(order.push(key))));
    first.end();
    await Promise.all(all);
    expect(order.indexOf("b")).toBeLessThan(2);
  });

  it("work that is no longer in time is skipped at its turn", async () => {
    const queue = new FairQueue({ perKey: 1, total: 1 });
    const first = held();
    let isInTime = true;
    const begun = queue.run("a", always, first.work);
    const late = queue.run(
      "a",
      () => isInTime,
      async () => "never",
    );
    isInTime = false;
    first.end();
    expect([await begun, await late]).toEqual(["done", undefined]);
  });

  it("the queue continues after work that fails", async () => {
    const queue = new FairQueue({ perKey: 1, total: 1 });
    const failed = queue.run("a", always, () => Promise.reject(new Error("no")));
    const next = queue.run("a", always, async () => "done");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("done");
    await settle();
  });
});
