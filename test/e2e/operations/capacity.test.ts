import { expect, it } from "vitest";
import { keyRates } from "../../../bench/capacity/model.ts";
import { runForCapacity } from "../../../bench/capacity/run.ts";

const ONE_A_SECOND = { eventsPerSecond: 1, accounts: 1, shards: 8 } as const;
const PLAN = {
  events: 400,
  batch: 25,
  endpoints: 2,
  payloadBytes: 700,
  isDead: false,
  isEmails: false,
  shards: 8 as const,
};

/** Write units an event of each kind of key, summed over its keys. */
async function writesOf(more: Partial<typeof PLAN>) {
  const plan = { ...PLAN, ...more };
  const run = await runForCapacity(plan);
  const kinds = Map.groupBy(
    run.byKey,
    ([key]) => keyRates({ events: 1, byKey: new Map([[key, { writeUnits: 1, readUnits: 0 }]]) }, ONE_A_SECOND)[0]?.name,
  );
  const writes = new Map(
    [...kinds].map(([kind, keys]) => [
      kind,
      keys.reduce((sum, [, { writeUnits }]) => sum + writeUnits, 0) / plan.events,
    ]),
  );
  return { writes, perDispatch: run.dispatches / plan.events };
}

it("an event writes one unit of the log, and a dispatch one of the counters", { timeout: 900_000 }, async () => {
  const { writes, perDispatch } = await writesOf({});
  expect(writes.get("LOG")).toBe(1);
  expect(writes.get("STATS#…#events")).toBeCloseTo(perDispatch);
  expect([...writes.values()].reduce((sum, units) => sum + units)).toBeLessThan(1.2);
});

it("an event for two dead endpoints writes a unit of the log, and of each backlog and of the index for each", {
  timeout: 900_000,
}, async () => {
  const { writes } = await writesOf({ isDead: true });
  expect(writes.get("BACKLOG")).toBe(2);
  expect(writes.get("index statuses")).toBe(2);
  expect(writes.get("LOG")).toBeLessThan(1.1); // and the operator's events
});
