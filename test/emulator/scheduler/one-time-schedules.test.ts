import { setTimeout as sleep } from "node:timers/promises";
import { CreateScheduleCommand, DeleteScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { describe, expect, it } from "vitest";
import { startScheduler } from "../../../local/emulator/scheduler/scheduler.ts";
import { startUsageMeter } from "../../../local/emulator/usage-meter/usage-meter.ts";
import { at, clientOf, inSeconds, newName, openScheduler, queueArn, scheduleWith } from "./scheduler-steps.ts";

const { create, get, newQueue, receive, schedules, sqsUrl } = await openScheduler();
async function isDeleted(name: string): Promise<boolean> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
    const found = await get(name).catch(({ name: error }) => error);
    if (found === "ResourceNotFoundException") return true;
  }
  return false;
}

// Concurrent, because each test waits for some seconds.
describe.concurrent("one-time schedules", () => {
  it("a schedule fires once at its time, and is deleted if it has DELETE after completion", async () => {
    const { QueueUrl, arn } = await newQueue();
    const instant = inSeconds(2);
    const schedule = scheduleWith(arn, { ScheduleExpression: at(instant), ActionAfterCompletion: "DELETE" });
    await create(schedule);
    const message = await receive(QueueUrl);
    expect(message?.body).toBe("hello");
    expect(message?.receivedAt).toBeGreaterThanOrEqual(instant);
    expect(await isDeleted(schedule.Name)).toBe(true);
    expect(await receive(QueueUrl, 1)).toBeUndefined();
  });

  it("a schedule without DELETE stays after it has fired, and does not fire again", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)) });
    await create(schedule);
    expect(await receive(QueueUrl)).toBeDefined();
    expect(await receive(QueueUrl, 2)).toBeUndefined();
    expect(await get(schedule.Name)).toMatchObject({ State: "ENABLED", ActionAfterCompletion: "NONE" });
  });

  it("a deleted schedule does not fire", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)) });
    await create(schedule);
    await schedules.send(new DeleteScheduleCommand({ Name: schedule.Name }));
    expect(await receive(QueueUrl, 4)).toBeUndefined();
  });

  it("an updated schedule fires at its new time", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { Description: "old" });
    await create(schedule);
    const instant = inSeconds(2);
    const { Description: _, ...changed } = { ...schedule, ScheduleExpression: at(instant) };
    await schedules.send(new UpdateScheduleCommand(changed));
    expect((await get(schedule.Name)).Description).toBeUndefined();
    expect((await receive(QueueUrl))?.receivedAt).toBeGreaterThanOrEqual(instant);
  });

  it("a disabled schedule does not fire", async () => {
    const { QueueUrl, arn } = await newQueue();
    await create(scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)), State: "DISABLED" }));
    expect(await receive(QueueUrl, 4)).toBeUndefined();
  });

  it("a schedule may be late by the configured lateness, but never early", async () => {
    const late = await startScheduler({ sqsUrl, latenessMs: 1_500 });
    const { QueueUrl, arn } = await newQueue();
    const instant = inSeconds(2);
    const inputs = Array.from({ length: 5 }, () => scheduleWith(arn, { ScheduleExpression: at(instant) }));
    await Promise.all(inputs.map((input) => clientOf(late).send(new CreateScheduleCommand(input))));
    for (const _ of inputs) expect((await receive(QueueUrl))?.receivedAt).toBeGreaterThanOrEqual(instant);
    await late.stop();
  });
});

describe.concurrent("the message of a schedule", () => {
  it("context attributes in the input are replaced", async () => {
    const { QueueUrl, arn } = await newQueue();
    const instant = inSeconds(2);
    const attributes = ["schedule-arn", "scheduled-time", "execution-id", "attempt-number", "unheard-of"];
    const Input = attributes.map((name) => `<aws.scheduler.${name}>`).join(" ");
    const { ScheduleArn } = await create(scheduleWith(arn, { ScheduleExpression: at(instant) }, { Input }));
    const [arnSent, time, execution, attempt, unknown] = (await receive(QueueUrl))?.body?.split(" ") ?? [];
    expect(arnSent).toBe(ScheduleArn);
    expect(time).toBe(new Date(instant).toISOString().replace(".000Z", "Z"));
    expect(execution).toMatch(/^[0-9a-f]{16}$/);
    expect([attempt, unknown]).toEqual(["1", "<aws.scheduler.unheard-of>"]);
  });

  it("a schedule without an input sends a notification", async () => {
    const { QueueUrl, arn } = await newQueue();
    const { ScheduleArn } = await create(
      scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)) }, { Input: undefined }),
    );
    const body = JSON.parse((await receive(QueueUrl))?.body ?? "{}");
    expect(body).toMatchObject({ source: "aws.scheduler", resources: [ScheduleArn] });
  });

  it("a message is sent again if its queue refused it", async () => {
    const meter = await startUsageMeter();
    meter.forwardTo({ dynamodb: "", sqs: sqsUrl });
    const watched = await startScheduler({ sqsUrl: meter.url });
    const name = newName();
    const more = { ScheduleExpression: at(inSeconds(2)) };
    const schedule = scheduleWith(queueArn(name), more, { Input: "<aws.scheduler.attempt-number>" });
    await clientOf(watched).send(new CreateScheduleCommand(schedule));
    const hasFailed = () => meter.ledger.counts().some(({ failures }) => failures > 0);
    await expect.poll(hasFailed, { timeout: 300_000 }).toBe(true);
    const { QueueUrl } = await newQueue(name);
    expect(Number((await receive(QueueUrl))?.body)).toBeGreaterThan(1);
    await watched.stop();
    await meter.stop();
  });

  it("a message goes to the dead-letter queue after its retries", async () => {
    const { QueueUrl, arn } = await newQueue();
    const target = { DeadLetterConfig: { Arn: arn }, RetryPolicy: { MaximumRetryAttempts: 0 } };
    const missing = queueArn("missing");
    await create(scheduleWith(missing, { ScheduleExpression: at(inSeconds(2)) }, target));
    expect(await receive(QueueUrl)).toMatchObject({
      body: "hello",
      attributes: { TARGET_ARN: { StringValue: missing } },
    });
  });
});
