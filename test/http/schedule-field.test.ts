import { describe, expect, it } from "vitest";
import { stagesOf } from "../../lambdas/endpoints/model/preset.ts";
import { SCHEDULE_TEXT_ALLOWED, ScheduleText } from "../../lambdas/http/schemas/schedule-field.ts";
import { defaultSchedule } from "../../local/emulator/default-schedule.ts";

describe("retry schedules in settings", () => {
  it.each([
    [
      "10x1s,10x3s",
      [
        { times: 10, everyMs: 1_000 },
        { times: 10, everyMs: 3_000 },
      ],
    ],
    ["10x30s,10x30m", stagesOf("standard")],
    ["5x24h", [{ times: 5, everyMs: 86_400_000 }]],
    ["100x1s", [{ times: 100, everyMs: 1_000 }]],
    ["1x1s,1x2s,1x3s,1x4s,1x5s", [1, 2, 3, 4, 5].map((n) => ({ times: 1, everyMs: n * 1_000 }))],
    ["standard", "standard"],
    ["mailjet", "mailjet"],
    ["sarbacane", "sarbacane"],
  ])("the schedule %s is accepted", (text, schedule) => {
    expect(ScheduleText.parse(text)).toEqual(schedule);
  });

  it.each([
    ["nothing", ""],
    ["an unknown preset", "mailgun"],
    ["too few waits", "4x1s"],
    ["too many waits", "101x1s"],
    ["too many waits in all", "100x1s,1x1s"],
    ["no wait at all", "5x0s"],
    ["a wait over a day", "5x25h"],
    ["a wait over a day, in seconds", "5x86401s"],
    ["a stage without waits", "0x1s,5x1s"],
    ["no unit", "10x1"],
    ["another unit", "10x1d"],
    ["a fraction", "10x1.5s"],
    ["a sign", "-10x1s"],
    ["a stage that is cut off", "10x1s,"],
    ["a space", "10x1s, 10x3s"],
    ["400 digits", `${"9".repeat(400)}x1s`],
  ])("a schedule is refused with %s, and the error says what is allowed", (_, text) => {
    const { success, error } = ScheduleText.safeParse(text);
    expect([success, error?.issues.map(({ message }) => message)]).toEqual([false, [SCHEDULE_TEXT_ALLOWED]]);
    expect(() => defaultSchedule(text)).toThrow(`Cannot use --retry-schedule ${text}: need "standard", "mailjet"`);
  });
});

describe("--retry-schedule", () => {
  it("the shortest wait goes to the Scheduler even if it is below the Scheduler's usual minimum", () => {
    expect(defaultSchedule("5x9s,5x3s")).toEqual({ RETRY_SCHEDULE: "5x9s,5x3s", SCHEDULER_FROM_SECONDS: "3" });
    expect(defaultSchedule("5x10s")).toEqual({ RETRY_SCHEDULE: "5x10s" });
    expect(defaultSchedule("standard")).toEqual({ RETRY_SCHEDULE: "standard" });
  });
});
