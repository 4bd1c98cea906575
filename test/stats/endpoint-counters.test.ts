import { describe, expect, it } from "vitest";
import type { FirstResult, LoggedEvent } from "../../lambdas/delivery/model/delivery.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { additionTo, countsOf } from "../../lambdas/stats/model/counters.ts";
import { accountP99Ms, endpointCounts } from "../../lambdas/stats/model/endpoint-counters.ts";
import { eventWith } from "../support/examples.ts";

const result = (code: FirstResult["code"]) => ({ code, durationMs: 1, at: 1 });
const logged = (more: Partial<LoggedEvent>): LoggedEvent => ({
  ...eventWith(),
  delivered: {},
  parked: {},
  withheld: {},
  resentTo: [],
  keptUntil: 9,
  ...more,
});

describe("counters of an endpoint", () => {
  it.each([
    [0, 50],
    [50, 50],
    [51, 100],
    [10_000, 10_000],
    [60_000, 60_000],
    [90_000, 60_000],
  ])("a response after %i ms is counted among those of at most %i ms", (durationMs, bound) => {
    const [name] = Object.keys(
      countsOf("events", [logged({ delivered: { ep_1: { ...result(200), durationMs } } })]),
    ).filter((each) => /^ep\.\d/.test(each));
    expect(name).toBe(`ep.${bound}#1`);
  });

  it("an attempt without a response has no response time", () => {
    const counts = countsOf("events", [logged({ parked: { ep_1: result("timeout") } })]);
    expect(endpointCounts(counts).get("ep_1")).toMatchObject({ failed: 1, p50Ms: null, p95Ms: null });
  });

  it("quantiles are estimated within the ranges of response times", () => {
    const counts = endpointCounts({ "ep.100#1": 90, "ep.1000#1": 10, "ep.50#*": 1 });
    expect(counts.get("ep_1")).toMatchObject({ p50Ms: 78, p95Ms: 750, p99Ms: 950 });
    expect(counts.get("*")).toMatchObject({ p50Ms: 25 });
  });

  it("an account's p99 is that of all its endpoints' responses together", () => {
    expect(accountP99Ms({ "ep.100#1": 90, "ep.100#*": 8, "ep.1000#2": 2, "ep.delivered#1": 90 })).toBe(750);
    expect(accountP99Ms({ "type#t": 3 })).toBeNull();
  });

  it("a window has room for as many endpoints as its limit, and for types besides", () => {
    const names = Array.from({ length: 25 }, (_, n) => `ep.delivered#${String(n).padStart(26, "0")}`);
    const types = Array.from({ length: 30 }, (_, n) => `type#t${n}`);
    const held = Object.fromEntries([...names, ...types].map((name, n) => [name, 100 - n]));
    const { counts, dropped } = additionTo("events", { [`ep.50#${"9".repeat(26)}`]: 500 }, held);
    expect(dropped).toEqual(names.slice(19)); // the new endpoint is the busiest
    expect(counts["ep.delivered#*"]).toBe(dropped.reduce((sum, name) => sum + (held[name] ?? 0), 0));
    expect(LIMITS.statsEndpoints).toBe(20);
  });
});
