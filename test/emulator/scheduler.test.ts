import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL } from "../../local/emulator/engines/aws-clients.ts";
import type { Engine } from "../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import { readExpression } from "../../local/emulator/scheduler/expression.ts";
import { firstFiring, nextFiring, retryFiring } from "../../local/emulator/scheduler/plan.ts";
import { Definition } from "../../local/emulator/scheduler/requests.ts";
import { startScheduler } from "../../local/emulator/scheduler/scheduler.ts";
import { startUsageMeter } from "../../local/emulator/usage-meter/usage-meter.ts";

const RoleArn = `arn:aws:iam::${LOCAL.account}:role/scheduler`;
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const folder = mkdtempSync(join(tmpdir(), "rappel-scheduler-"));
let [sqs, scheduler]: Engine[] = [];
let queues: SQSClient;
let schedules: SchedulerClient;
let names = 0;
const newName = () => `it-${++names}`;
const clientOf = ({ url }: Engine) => new SchedulerClient({ region: LOCAL.region, endpoint: url, credentials });

beforeAll(async () => {
  sqs = await startSqs();
  scheduler = await startScheduler({ sqsUrl: sqs.url });
  queues = new SQSClient({ region: LOCAL.region, endpoint: sqs.url, credentials });
  schedules = clientOf(scheduler);
});
afterAll(async () => {
  await scheduler?.stop();
  await sqs?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The first whole second that is at least so far away. */
const inSeconds = (seconds: number) => Math.ceil(Date.now() / 1_000 + seconds) * 1_000;
const at = (instant: number) => `at(${new Date(instant).toISOString().slice(0, 19)})`;
const queueArn = (name: string) => `arn:aws:sqs:${LOCAL.region}:${LOCAL.account}:${name}`;

async function newQueue(name = newName()) {
  const { QueueUrl = "" } = await queues.send(new CreateQueueCommand({ QueueName: name }));
  return { QueueUrl, arn: queueArn(name) };
}

type Changes = Partial<CreateScheduleCommandInput> & { Name?: string };

function scheduleWith(arn: string, more: Changes = {}, target: object = {}) {
  return {
    Name: newName(),
    ScheduleExpression: at(inSeconds(3_600)),
    FlexibleTimeWindow: { Mode: "OFF" as const },
    Target: { Arn: arn, RoleArn, Input: "hello", ...target },
    ...more,
  };
}
const create = (input: CreateScheduleCommandInput) => schedules.send(new CreateScheduleCommand(input));
const get = (Name: string) => schedules.send(new GetScheduleCommand({ Name }));

/** Waits for a message, or answers `undefined` when none came. */
async function receive(QueueUrl: string, waitSeconds = 15) {
  const { Messages: [message] = [] } = await queues.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: waitSeconds, MessageAttributeNames: ["All"] }),
  );
  if (message === undefined) return undefined;
  await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return { body: message.Body, attributes: message.MessageAttributes, receivedAt: Date.now() };
}

async function gone(name: string): Promise<boolean> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
    const found = await get(name).catch(({ name: error }) => error);
    if (found === "ResourceNotFoundException") return true;
  }
  return false;
}

// Side by side: they wait for seconds to pass.
describe.concurrent("a one-time schedule", () => {
  it("fires once at its time, not before, and is gone when it asked for that", async () => {
    const { QueueUrl, arn } = await newQueue();
    const instant = inSeconds(2);
    const schedule = scheduleWith(arn, { ScheduleExpression: at(instant), ActionAfterCompletion: "DELETE" });
    await create(schedule);
    const message = await receive(QueueUrl);
    expect(message?.body).toBe("hello");
    expect(message?.receivedAt).toBeGreaterThanOrEqual(instant);
    expect(await gone(schedule.Name)).toBe(true);
    expect(await receive(QueueUrl, 1)).toBeUndefined();
  });

  it("stays, and stays silent, when it did not ask to be deleted", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)) });
    await create(schedule);
    expect(await receive(QueueUrl)).toBeDefined();
    expect(await receive(QueueUrl, 2)).toBeUndefined();
    expect(await get(schedule.Name)).toMatchObject({ State: "ENABLED", ActionAfterCompletion: "NONE" });
  });

  it("never fires once it is deleted", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)) });
    await create(schedule);
    await schedules.send(new DeleteScheduleCommand({ Name: schedule.Name }));
    expect(await receive(QueueUrl, 4)).toBeUndefined();
  });

  it("fires at its new time when it is updated", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { Description: "old" });
    await create(schedule);
    const instant = inSeconds(2);
    const { Description: _, ...changed } = { ...schedule, ScheduleExpression: at(instant) };
    await schedules.send(new UpdateScheduleCommand(changed));
    expect((await get(schedule.Name)).Description).toBeUndefined();
    expect((await receive(QueueUrl))?.receivedAt).toBeGreaterThanOrEqual(instant);
  });

  it("does not fire while it is disabled", async () => {
    const { QueueUrl, arn } = await newQueue();
    await create(scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)), State: "DISABLED" }));
    expect(await receive(QueueUrl, 4)).toBeUndefined();
  });

  it("is late only as far as was asked, and never early", async () => {
    if (sqs === undefined) throw new Error("no SQS");
    const late = await startScheduler({ sqsUrl: sqs.url, latenessMs: 1_500 });
    const { QueueUrl, arn } = await newQueue();
    const instant = inSeconds(2);
    const inputs = Array.from({ length: 5 }, () => scheduleWith(arn, { ScheduleExpression: at(instant) }));
    await Promise.all(inputs.map((input) => clientOf(late).send(new CreateScheduleCommand(input))));
    for (const _ of inputs) expect((await receive(QueueUrl))?.receivedAt).toBeGreaterThanOrEqual(instant);
    await late.stop();
  });
});

describe.concurrent("a schedule's message", () => {
  it("has the context attributes filled in", async () => {
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

  it("is a notification where no input is given", async () => {
    const { QueueUrl, arn } = await newQueue();
    const { ScheduleArn } = await create(
      scheduleWith(arn, { ScheduleExpression: at(inSeconds(2)) }, { Input: undefined }),
    );
    const body = JSON.parse((await receive(QueueUrl))?.body ?? "{}");
    expect(body).toMatchObject({ source: "aws.scheduler", resources: [ScheduleArn] });
  });

  it("is sent again when its queue did not take it", async () => {
    if (sqs === undefined) throw new Error("no SQS");
    const meter = await startUsageMeter();
    meter.forwardTo({ dynamodb: "", sqs: sqs.url });
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

  it("rests in the dead-letter queue when its retries have ended", async () => {
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

describe("a rate", () => {
  const rate = (more: object = {}) =>
    Definition.parse({ ...scheduleWith(queueArn("q")), ScheduleExpression: "rate(5 minutes)", ...more });
  const stored = (definition: Definition, scheduledAt: number) => {
    const firing = { scheduledAt, tryAt: scheduledAt, failures: 0 };
    return { group: "default", name: "n", definition, createdAt: 0, modifiedAt: 0, revision: 1, firing };
  };
  const onTime = () => 0;

  it("begins at once", async () => {
    const { QueueUrl, arn } = await newQueue();
    const schedule = scheduleWith(arn, { ScheduleExpression: "rate(1 minute)", ActionAfterCompletion: "DELETE" });
    await create(schedule);
    expect(await receive(QueueUrl)).toBeDefined();
    expect(await get(schedule.Name)).toMatchObject({ ScheduleExpression: "rate(1 minute)" });
  });

  it("goes on in steps of its own, and does not make up for what it missed", () => {
    expect(nextFiring(stored(rate(), 1_000), 1_200, onTime)?.scheduledAt).toBe(301_000);
    expect(nextFiring(stored(rate(), 1_000), 301_000, onTime)?.scheduledAt).toBe(601_000);
    expect(nextFiring(stored(rate(), 1_000), 3_000_000, onTime)?.scheduledAt).toBe(3_001_000);
  });

  it("keeps to its start and its end", () => {
    expect(firstFiring(rate({ StartDate: 50 }), 7_000, onTime)?.scheduledAt).toBe(50_000);
    expect(nextFiring(stored(rate({ EndDate: 300 }), 1_000), 1_200, onTime)).toBeUndefined();
  });

  it("is late by its lateness and its window, and the next time is counted from the true one", () => {
    const window = { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 2 } };
    const latest = (windowMs: number) => windowMs + 500;
    expect(firstFiring(rate(window), 7_000, latest)).toEqual({ scheduledAt: 7_000, tryAt: 127_500, failures: 0 });
  });

  it("is tried again after 1 s, 2 s, 4 s, up to a minute, until its retry policy ends", () => {
    const firing = (failures: number) => ({ scheduledAt: 0, tryAt: 0, failures });
    const waits = [0, 1, 2, 9].map((failures) => retryFiring(rate(), firing(failures), 1_000)?.tryAt);
    expect(waits).toEqual([2_000, 3_000, 5_000, 61_000]);
    expect(retryFiring(rate(), firing(184), 1_000)?.failures).toBe(185);
    expect(retryFiring(rate(), firing(185), 1_000)).toBeUndefined();
    expect(retryFiring(rate(), firing(0), 86_399_000)).toBeDefined();
    expect(retryFiring(rate(), firing(0), 86_399_001)).toBeUndefined();
  });
});

describe("a schedule expression", () => {
  it.each([
    ["UTC", "at(2026-11-21T12:00:00)", "2026-11-21T12:00:00Z"],
    ["Europe/Paris", "at(2026-11-21T12:00:00)", "2026-11-21T11:00:00Z"],
    ["Europe/Paris", "at(2026-07-21T12:00:00)", "2026-07-21T10:00:00Z"],
    ["America/St_Johns", "at(2026-11-21T12:00:00)", "2026-11-21T15:30:00Z"],
    ["Europe/Paris", "at(2026-10-25T03:30:00)", "2026-10-25T02:30:00Z"],
    ["America/New_York", "at(2026-03-08T03:30:00)", "2026-03-08T07:30:00Z"],
  ])("means what the clocks of %s show: %s", (timezone, expression, instant) => {
    expect(readExpression(expression, timezone)).toEqual({ at: Date.parse(instant) });
  });
});

describe("the scheduler refuses", () => {
  it.each([
    ["a time in the past", { ScheduleExpression: at(Date.now() - 60_000) }],
    ["a day that does not exist", { ScheduleExpression: "at(2027-02-30T12:00:00)" }],
    ["a time with a zone", { ScheduleExpression: "at(2027-02-03T12:00:00Z)" }],
    ["a rate of nothing", { ScheduleExpression: "rate(0 minutes)" }],
    ["a cron expression, which it cannot keep", { ScheduleExpression: "cron(0 8 * * ? *)" }],
    ["a time zone that does not exist", { ScheduleExpressionTimezone: "Mars/Olympus" }],
    ["a name that AWS would not take", { Name: "a name" }],
    ["a name of 65 characters", { Name: "n".repeat(65) }],
    ["a target that is no queue", { Target: { Arn: "arn:aws:lambda:us-east-1:000000000000:function:f", RoleArn } }],
  ])("%s", async (_, more) => {
    await expect(create(scheduleWith(queueArn("q"), more))).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("what is there already, unless the same request is made again", async () => {
    const schedule = { ...scheduleWith(queueArn("q")), ClientToken: newName() };
    const { ScheduleArn } = await create(schedule);
    expect((await create(schedule)).ScheduleArn).toBe(ScheduleArn);
    const conflict = { name: "ConflictException" };
    await expect(create({ ...schedule, ClientToken: newName() })).rejects.toMatchObject(conflict);
    await expect(create({ ...schedule, Description: "other" })).rejects.toMatchObject(conflict);
  });

  it("what is not there", async () => {
    const missing = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } };
    const schedule = scheduleWith(queueArn("q"));
    await expect(get(schedule.Name)).rejects.toMatchObject(missing);
    await expect(schedules.send(new UpdateScheduleCommand(schedule))).rejects.toMatchObject(missing);
    await expect(schedules.send(new DeleteScheduleCommand({ Name: schedule.Name }))).rejects.toMatchObject(missing);
    await expect(create({ ...schedule, GroupName: "nowhere" })).rejects.toMatchObject(missing);
  });
});

describe("groups and lists", () => {
  it("show every schedule once, page by page", async () => {
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

describe("a scheduler that is killed", () => {
  it("has lost nothing, and fires at its start what was due meanwhile", async () => {
    if (sqs === undefined) throw new Error("no SQS");
    const { QueueUrl, arn } = await newQueue();
    const options = { folder, sqsUrl: sqs.url };
    const module = new URL("../../local/emulator/scheduler/scheduler.ts", import.meta.url).href;
    const script = `import { startScheduler } from ${JSON.stringify(module)};
      console.log((await startScheduler(${JSON.stringify(options)})).url);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = await once(child.stdout, "data");
    const client = clientOf({ url: String(line).trim(), stop: async () => undefined });
    const [due, later] = [inSeconds(10), inSeconds(3_600)]; // time to be killed before
    const schedule = scheduleWith(arn, { ScheduleExpression: at(due), ActionAfterCompletion: "DELETE" });
    await client.send(new CreateScheduleCommand(schedule));
    await client.send(new CreateScheduleCommand(scheduleWith(arn, { Name: "later", ScheduleExpression: at(later) })));
    child.kill("SIGKILL");
    await once(child, "exit");
    await sleep(Math.max(0, due - Date.now()));
    expect(await receive(QueueUrl, 1)).toBeUndefined();

    const again = await startScheduler(options);
    expect((await receive(QueueUrl))?.body).toBe("hello");
    const { Schedules } = await clientOf(again).send(new ListSchedulesCommand({ NamePrefix: "later" }));
    expect(Schedules).toHaveLength(1);
    await again.stop();
  });
});
