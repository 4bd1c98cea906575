import { expect, it, vi } from "vitest";
import type { Pool } from "../../local/emulator/functions/pool.ts";
import { runSchedules } from "../../local/emulator/triggers/schedules.ts";

it("a schedule of a stack runs its function at the start if it is overdue, and then at its rate", async () => {
  vi.useFakeTimers();
  const runs: unknown[] = [];
  const pool: Pool = {
    run: async (event) => {
      runs.push(event);
      return { kind: "answered", json: undefined };
    },
    room: async () => true,
    busyShare: () => 0,
    warm: async () => undefined,
    stop: async () => undefined,
  };
  const properties = {
    ScheduleExpression: "rate(1 minute)",
    Target: { Arn: "arn:sweep" },
    FlexibleTimeWindow: { Mode: "OFF" },
  };
  const schedule = { stack: "delivery", id: "EveryMinute", type: "AWS::Scheduler::Schedule", properties };
  const stop = runSchedules({ all: [schedule], resolve: (_, value) => value }, new Map([["arn:sweep", pool]]));
  expect(runs).toEqual([{}]);
  vi.advanceTimersByTime(120_000);
  expect(runs).toHaveLength(3);
  stop();
  vi.advanceTimersByTime(120_000);
  expect(runs).toHaveLength(3);
  vi.useRealTimers();
});
