import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateScheduleCommand, CreateScheduleGroupCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamodbClient, LOCAL, sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import { startScheduler } from "../../local/emulator/scheduler/scheduler.ts";
import { between, type Count, usedOf } from "../../local/emulator/usage-meter/ledger.ts";
import { startUsageMeter } from "../../local/emulator/usage-meter/usage-meter.ts";

const KB = 1_024;
const meter = await startUsageMeter();
const [dynamodb, sqs] = await Promise.all([startDynamodb(), startSqs()]);
const scheduler = await startScheduler({ sqsUrl: meter.url, onSchedules: (names) => meter.schedules.note(names) });
const urls = { dynamodb: dynamodb.url, sqs: sqs.url, scheduler: scheduler.url };
const client = {
  region: LOCAL.region,
  endpoint: meter.url,
  credentials: { accessKeyId: "dispatch", secretAccessKey: "x" },
};
const table = new DynamoDBClient(client);
const queue = new SQSClient(client);
const schedules = new SchedulerClient(client);
const QueueUrl = `${meter.url}/${LOCAL.account}/jobs`;

beforeAll(async () => {
  meter.forwardTo(urls);
  await dynamodbClient(urls).send(
    new CreateTableCommand({
      TableName: "things",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: ["pk", "group"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      BillingMode: "PAY_PER_REQUEST",
      GlobalSecondaryIndexes: [
        {
          IndexName: "groups",
          KeySchema: [{ AttributeName: "group", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    }),
  );
  await sqsClient(urls).send(new CreateQueueCommand({ QueueName: "jobs" }));
});
afterAll(async () => {
  for (const each of [table, queue, schedules]) each.destroy();
  await scheduler.stop();
  await meter.stop();
  await Promise.all([dynamodb.stop(), sqs.stop()]);
});

/** The counts that a function adds to the usage meter. */
async function counted(work: () => Promise<unknown>): Promise<Count[]> {
  const before = meter.ledger.counts();
  await work();
  return between(before, meter.ledger.counts());
}

const item = (pk: string, bytes = 0) => ({ pk: { S: pk }, body: { S: "x".repeat(bytes) } });
const put = (pk: string, bytes = 0, more: object = {}) =>
  table.send(new PutItemCommand({ TableName: "things", Item: { ...item(pk, bytes), ...more } }));

describe("the usage meter", () => {
  it("a call is counted by caller, service, action and resource", async () => {
    const [count] = await counted(() => put("a"));
    expect(count).toMatchObject({
      by: "dispatch",
      service: "dynamodb",
      action: "PutItem",
      resource: "things",
      calls: 1,
      failures: 0,
      requestBytes: expect.any(Number),
    });
  });

  it.each([
    ["one write unit for an item of 1 KB", () => put("b", KB - 7), { writeUnits: 1 }],
    ["two write units for one byte more", () => put("c", KB - 6), { writeUnits: 2 }],
    ["one write unit more for an index of the item", () => put("d", 0, { group: { S: "g" } }), { writeUnits: 2 }],
    [
      "a read unit for each started 4 KB of a consistent read",
      () => table.send(new GetItemCommand({ TableName: "things", Key: { pk: { S: "c" } }, ConsistentRead: true })),
      { readUnits: 1 },
    ],
    [
      "half a read unit for an eventually consistent read",
      () => table.send(new GetItemCommand({ TableName: "things", Key: { pk: { S: "c" } } })),
      { readUnits: 0.5 },
    ],
    [
      "a write unit for each item of a batch",
      () =>
        table.send(
          new BatchWriteItemCommand({
            RequestItems: { things: ["e", "f", "g"].map((pk) => ({ PutRequest: { Item: item(pk) } })) },
          }),
        ),
      { writeUnits: 3 },
    ],
  ])("the usage meter counts %s", async (_, work, used) => {
    expect((await counted(work)).map((count) => count.used)).toEqual([used]);
  });

  it("a write that its condition refuses counts with the size of the existing item", async () => {
    await put("big", 3 * KB);
    const refused = put("big", 0).then(() =>
      table.send(
        new PutItemCommand({
          TableName: "things",
          Item: item("c"),
          ConditionExpression: "attribute_not_exists(pk)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
    );
    const counts = await counted(() => expect(refused).rejects.toThrow(ConditionalCheckFailedException));
    expect(counts).toMatchObject([{ calls: 2, failures: 1, used: { writeUnits: 4 + 2 } }]);
  });

  it("a write that its condition refuses without an existing item counts as 1 unit", async () => {
    const refused = table.send(
      new PutItemCommand({ TableName: "things", Item: item("none"), ConditionExpression: "attribute_exists(pk)" }),
    );
    const counts = await counted(() => expect(refused).rejects.toThrow(ConditionalCheckFailedException));
    expect(counts).toMatchObject([{ calls: 1, failures: 1, used: { writeUnits: 1 } }]);
  });

  it("an index is a separate resource", async () => {
    const query = new QueryCommand({
      TableName: "things",
      IndexName: "groups",
      KeyConditionExpression: "#g = :g",
      ExpressionAttributeNames: { "#g": "group" },
      ExpressionAttributeValues: { ":g": { S: "g" } },
    });
    expect(await counted(() => table.send(query))).toMatchObject([
      { action: "Query", resource: "things/index/groups" },
    ]);
  });

  it("each started 64 KiB in a queue counts as a request", async () => {
    const send = (bytes: number) =>
      queue.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: ["1", "2"].map((Id) => ({ Id, MessageBody: "x".repeat(bytes / 2) })),
        }),
      );
    const empty = await counted(() => queue.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 })));
    expect(empty).toMatchObject([{ action: "ReceiveMessage (empty)", resource: "jobs", used: { sqsRequests: 1 } }]);
    expect(await counted(() => send(64 * KB))).toMatchObject([{ used: { sqsRequests: 1 } }]);
    const receiving = await counted(async () => {
      const { Messages = [] } = await queue.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
      await queue.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    });
    expect(receiving.map(({ action, used }) => [action, used])).toEqual([
      ["DeleteMessageBatch", { sqsRequests: 1 }],
      ["ReceiveMessage", { sqsRequests: 1 }],
    ]);
    expect(await counted(() => send(64 * KB + 2))).toMatchObject([{ used: { sqsRequests: 2 } }]);
  });

  it("a schedule counts when it fires, and the most schedules at the same time are known", async () => {
    await schedules.send(new CreateScheduleGroupCommand({ Name: "wakes" }));
    const create = (Name: string, at: string) =>
      schedules.send(
        new CreateScheduleCommand({
          Name,
          GroupName: "wakes",
          ScheduleExpression: `at(${at})`,
          FlexibleTimeWindow: { Mode: "OFF" },
          ActionAfterCompletion: "DELETE",
          Target: {
            Arn: `arn:aws:sqs:${LOCAL.region}:${LOCAL.account}:jobs`,
            RoleArn: `arn:aws:iam::${LOCAL.account}:role/r`,
          },
        }),
      );
    const made = await counted(async () => {
      await create("ep_1-4102444800", "2100-01-01T00:00:00");
      await create("ep_2-4102444800", "2100-01-01T00:00:00");
      await create("ep_2-4102444801", "2100-01-01T00:00:01");
    });
    expect(made).toMatchObject([
      { service: "scheduler", action: "CreateSchedule", resource: "wakes", calls: 3, used: {} },
    ]);
    expect(["ep_1", "ep_2", "ep_3"].map((owner) => meter.schedules.mostOf(owner))).toEqual([1, 2, 0]);

    const fired = await counted(async () => {
      await create("ep_3-1", new Date(Date.now() + 2_000).toISOString().slice(0, 19));
      for (let tries = 0; tries < 6_000; tries++) {
        if (usedOf(meter.ledger.counts(), "schedulerInvocations") > 0) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    expect(fired.filter(({ by }) => by === "Scheduler")).toMatchObject([
      { service: "scheduler", action: "Invoke", used: { schedulerInvocations: 1 } },
      { service: "sqs", action: "SendMessage", resource: "jobs", used: { sqsRequests: 1 } },
    ]);
  });

  it("a call before the engines are known, or without a signature, fails", async () => {
    const early = await startUsageMeter();
    const lost = new DynamoDBClient({ ...client, endpoint: early.url, maxAttempts: 1 });
    await expect(lost.send(new GetItemCommand({ TableName: "things", Key: { pk: { S: "a" } } }))).rejects.toThrow();
    expect((await fetch(meter.url)).status).toBe(500);
    expect(early.ledger.counts()).toEqual([]);
    await early.stop();
  });
});
