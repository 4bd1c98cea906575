import {
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { describe, expect, it } from "vitest";
import { at, newName, openScheduler, queueArn, RoleArn, scheduleWith } from "./scheduler-steps.ts";

const { create, get, schedules } = await openScheduler();
describe("requests to the scheduler", () => {
  it.each([
    ["a time in the past", { ScheduleExpression: at(Date.now() - 60_000) }],
    ["a day that does not exist", { ScheduleExpression: "at(2027-02-30T12:00:00)" }],
    ["a time with a zone", { ScheduleExpression: "at(2027-02-03T12:00:00Z)" }],
    ["a rate of zero", { ScheduleExpression: "rate(0 minutes)" }],
    ["a cron expression", { ScheduleExpression: "cron(0 8 * * ? *)" }],
    ["a time zone that does not exist", { ScheduleExpressionTimezone: "Mars/Olympus" }],
    ["a name with a space", { Name: "a name" }],
    ["a name of 65 characters", { Name: "n".repeat(65) }],
    ["a target that is not a queue", { Target: { Arn: "arn:aws:lambda:us-east-1:000000000000:function:f", RoleArn } }],
  ])("the scheduler refuses %s", async (_, more) => {
    await expect(create(scheduleWith(queueArn("q"), more))).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("the scheduler refuses an existing name unless the same request is repeated", async () => {
    const schedule = { ...scheduleWith(queueArn("q")), ClientToken: newName() };
    const { ScheduleArn } = await create(schedule);
    expect((await create(schedule)).ScheduleArn).toBe(ScheduleArn);
    const conflict = { name: "ConflictException" };
    await expect(create({ ...schedule, ClientToken: newName() })).rejects.toMatchObject(conflict);
    await expect(create({ ...schedule, Description: "other" })).rejects.toMatchObject(conflict);
  });

  it("the scheduler answers 404 for unknown schedules and groups", async () => {
    const missing = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } };
    const schedule = scheduleWith(queueArn("q"));
    await expect(get(schedule.Name)).rejects.toMatchObject(missing);
    await expect(schedules.send(new UpdateScheduleCommand(schedule))).rejects.toMatchObject(missing);
    await expect(schedules.send(new DeleteScheduleCommand({ Name: schedule.Name }))).rejects.toMatchObject(missing);
    await expect(create({ ...schedule, GroupName: "nowhere" })).rejects.toMatchObject(missing);
  });
});

describe("groups and lists", () => {
  it("a group lists every schedule once, over pages and with filters", async () => {
    const GroupName = newName();
    await schedules.send(new CreateScheduleGroupCommand({ Name: GroupName }));
    await expect(schedules.send(new CreateScheduleGroupCommand({ Name: GroupName }))).rejects.toThrow(GroupName);
    for (const Name of ["b-2", "a-1", "b-1", "b-3"]) {
      await create(scheduleWith(queueArn("q"), { Name, GroupName, State: Name === "b-3" ? "DISABLED" : "ENABLED" }));
    }
    const list = async (more: object) => {
      const found: (string | undefined)[] = [];
      let NextToken: string | undefined;
      do {
        const page = await schedules.send(
          new ListSchedulesCommand({ GroupName, MaxResults: 2, ...more, ...(NextToken && { NextToken }) }),
        );
        found.push(...(page.Schedules ?? []).map(({ Name }) => Name));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return found;
    };
    expect(await list({})).toEqual(["a-1", "b-1", "b-2", "b-3"]);
    expect(await list({ NamePrefix: "b-" })).toEqual(["b-1", "b-2", "b-3"]);
    expect(await list({ State: "DISABLED" })).toEqual(["b-3"]);
    await expect(list({ NextToken: "nonsense" })).rejects.toMatchObject({ name: "ValidationException" });

    const { ScheduleGroups } = await schedules.send(new ListScheduleGroupsCommand({ NamePrefix: GroupName }));
    expect(ScheduleGroups).toMatchObject([{ Name: GroupName, State: "ACTIVE", CreationDate: expect.any(Date) }]);
    await schedules.send(new DeleteScheduleGroupCommand({ Name: GroupName }));
    expect(await list({})).toEqual([]);
    await expect(schedules.send(new GetScheduleGroupCommand({ Name: GroupName }))).rejects.toThrow(GroupName);
  });
});
