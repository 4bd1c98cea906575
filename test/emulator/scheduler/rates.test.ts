import { describe, expect, it } from "vitest";
import { readExpression } from "../../../local/emulator/scheduler/expression.ts";
import { firstFiring, nextFiring, retryFiring } from "../../../local/emulator/scheduler/plan.ts";
import { Definition } from "../../../local/emulator/scheduler/requests.ts";
import { openScheduler, queueArn, scheduleWith } from "./scheduler-steps.ts";

const { create, get, newQueue, receive } = await openScheduler();
describe("rates", () => {
  const rate = (more: object = {}) =>
    Definition.parse({ ...scheduleWith(queueArn("q")), ScheduleExpression: "rate(5 minutes)", ...more });
  const stored = (definition: Definition, scheduledAt: number) => {
    const firing = { scheduledAt, tryAt: scheduledAt, failures: 0 };
    return { group: "default", name: "n", definition, createdAt: 0, modifiedAt: 0, revision: 1, firing };
  };
  const onTime = () => 0;

  it("a rate fires at once", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { ScheduleExpression: "rate(1 minute)", ActionAfterCompletion: "DELETE" });
    await create(schedule);
    expect(await receive(QueueUrl)).toBeDefined();
    expect(await get(schedule.Name)).toMatchObject({ ScheduleExpression: "rate(1 minute)" });
  });

  it("a rate keeps its steps and skips missed firings", () => {
    expect(nextFiring(stored(rate(), 1_000), 1_200, onTime)?.scheduledAt).toBe(301_000);
    expect(nextFiring(stored(rate(), 1_000), 301_000, onTime)?.scheduledAt).toBe(601_000);
    expect(nextFiring(stored(rate(), 1_000), 3_000_000, onTime)?.scheduledAt).toBe(3_001_000);
  });

  it("a rate respects its start and end dates", () => {
    expect(firstFiring(rate({ StartDate: 50 }), 7_000, onTime)?.scheduledAt).toBe(50_000);
    expect(nextFiring(stored(rate({ EndDate: 300 }), 1_000), 1_200, onTime)).toBeUndefined();
  });

  it("the lateness and the flexible window delay a firing, but not the firings after it", () => {
    const window = { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 2 } };
    const latest = (windowMs: number) => windowMs + 500;
    expect(firstFiring(rate(window), 7_000, latest)).toEqual({ scheduledAt: 7_000, tryAt: 127_500, failures: 0 });
  });

  it("a failed firing is repeated after 1 s, 2 s, 4 s, up to a minute, until its retry policy ends", () => {
    const firing = (failures: number) => ({ scheduledAt: 0, tryAt: 0, failures });
    const waits = [0, 1, 2, 9].map((failures) => retryFiring(rate(), firing(failures), 1_000)?.tryAt);
    expect(waits).toEqual([2_000, 3_000, 5_000, 61_000]);
    expect(retryFiring(rate(), firing(184), 1_000)?.failures).toBe(185);
    expect(retryFiring(rate(), firing(185), 1_000)).toBeUndefined();
    expect(retryFiring(rate(), firing(0), 86_399_000)).toBeDefined();
    expect(retryFiring(rate(), firing(0), 86_399_001)).toBeUndefined();
  });
});

describe("schedule expressions", () => {
  it.each([
    ["UTC", "at(2026-11-21T12:00:00)", "2026-11-21T12:00:00Z"],
    ["Europe/Paris", "at(2026-11-21T12:00:00)", "2026-11-21T11:00:00Z"],
    ["Europe/Paris", "at(2026-07-21T12:00:00)", "2026-07-21T10:00:00Z"],
    ["America/St_Johns", "at(2026-11-21T12:00:00)", "2026-11-21T15:30:00Z"],
    ["Europe/Paris", "at(2026-10-25T03:30:00)", "2026-10-25T02:30:00Z"],
    ["America/New_York", "at(2026-03-08T03:30:00)", "2026-03-08T07:30:00Z"],
  ])("an expression in the time zone %s is read correctly: %s", (timezone, expression, instant) => {
    expect(readExpression(expression, timezone)).toEqual({ at: Date.parse(instant) });
  });
});
