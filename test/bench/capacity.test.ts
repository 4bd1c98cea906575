import { describe, expect, it } from "vitest";
import { keyRates, kindOf, quotaRates } from "../../bench/capacity/model.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";

const units = (writeUnits: number, readUnits = 0) => ({ writeUnits, readUnits });
const rateOf = (rates: readonly { name: string; unit: string; rate: number }[], name: string, unit = "write") =>
  rates.find((one) => one.name === name && one.unit.startsWith(unit))?.rate;

describe("the capacity that a load needs", () => {
  it.each([
    ["LOG#acme#3", "LOG"],
    ["STATS#acme#emails", "STATS#…#emails"],
    ["STATS#acme#emails#3", "STATS#…#emails"],
    ["STATE#ep_1", "STATE"],
    ["index statuses", "index statuses"],
  ])("the key %s is one of %s", (key, kind) => {
    expect(kindOf(key)).toBe(kind);
  });

  it("a write for each event, spread over 8 keys, is an eighth of the rate on each", () => {
    const log = Array.from({ length: 8 }, (_, shard) => [`LOG#acme#${shard}`, units(125)] as const);
    const byKey = new Map([...log, ["LOG#operator#2", units(3)]]);
    const load = { eventsPerSecond: 10_000, accounts: 1, shards: 8 } as const;
    expect(rateOf(keyRates({ events: 1_000, byKey }, load), "LOG")).toBe(1_250);
    expect(rateOf(keyRates({ events: 1_000, byKey }, { ...load, accounts: 10 }), "LOG")).toBe(125);
  });

  it("counters are spread once one key would get more than their share of its limit", () => {
    const rate = (eventsPerSecond: number) =>
      rateOf(
        keyRates(
          { events: 100, byKey: new Map([["STATS#acme#events", units(100)]]) },
          { eventsPerSecond, accounts: 1, shards: 8 },
        ),
        "STATS#…#events",
      );
    expect(rate(300)).toBe(300);
    expect(rate(1_000)).toBe(250);
    expect(rate(100_000)).toBe(100_000 / LIMITS.statsShards);
  });

  it("the index of wake-ups is shared by all accounts, that of deliveries is not", () => {
    const byKey = new Map([
      ["index wakes", units(100)],
      ["index statuses", units(100)],
    ]);
    const rates = keyRates({ events: 100, byKey }, { eventsPerSecond: 800, accounts: 2, shards: 8 });
    expect([rateOf(rates, "index wakes"), rateOf(rates, "index statuses")]).toEqual([50, 50]);
  });

  it("quotas are for all accounts together", () => {
    const run = { events: 1_000, dispatches: 100, writeUnits: 2_000, readUnits: 500 };
    const rates = quotaRates(run, { eventsPerSecond: 1_000, batch: 5, receiverMs: 175 });
    expect(rateOf(rates, "API Gateway", "requests")).toBe(200);
    expect(rateOf(rates, "Lambda", "invocations")).toBeCloseTo(200 * 0.005 + 100 * 0.2);
    expect([rateOf(rates, "the table"), rateOf(rates, "the table", "read")]).toEqual([2_000, 500]);
  });
});
