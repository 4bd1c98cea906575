import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  GetScheduleCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll } from "vitest";
import { LOCAL } from "../../../local/emulator/engines/aws-clients.ts";
import type { Engine } from "../../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../../local/emulator/engines/sqs.ts";
import { startScheduler } from "../../../local/emulator/scheduler/scheduler.ts";

export const RoleArn = `arn:aws:iam::${LOCAL.account}:role/scheduler`;
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

let names = 0;
export const newName = () => `it-${++names}`;
export const clientOf = ({ url }: Engine) => new SchedulerClient({ region: LOCAL.region, endpoint: url, credentials });

/** The first whole second that is at least this many seconds away. */
export const inSeconds = (seconds: number) => Math.ceil(Date.now() / 1_000 + seconds) * 1_000;
export const at = (instant: number) => `at(${new Date(instant).toISOString().slice(0, 19)})`;
export const queueArn = (name: string) => `arn:aws:sqs:${LOCAL.region}:${LOCAL.account}:${name}`;

type Changes = Partial<CreateScheduleCommandInput> & { Name?: string };

export function scheduleWith(arn: string, more: Changes = {}, target: object = {}) {
  return {
    Name: newName(),
    ScheduleExpression: at(inSeconds(3_600)),
    FlexibleTimeWindow: { Mode: "OFF" as const },
    Target: { Arn: arn, RoleArn, Input: "hello", ...target },
    ...more,
  };
}

/** Starts SQS and the Scheduler for one test file, and stops them after its last test. */
export async function openScheduler() {
  const sqs = await startSqs();
  const scheduler = await startScheduler({ sqsUrl: sqs.url });
  const queues = new SQSClient({ region: LOCAL.region, endpoint: sqs.url, credentials });
  const schedules = clientOf(scheduler);
  afterAll(async () => {
    await scheduler.stop();
    await sqs.stop();
  });
  return {
    sqsUrl: sqs.url,
    schedules,
    create: (input: CreateScheduleCommandInput) => schedules.send(new CreateScheduleCommand(input)),
    get: (Name: string) => schedules.send(new GetScheduleCommand({ Name })),
    async newQueue(name = newName()) {
      const { QueueUrl = "" } = await queues.send(new CreateQueueCommand({ QueueName: name }));
      return { QueueUrl, arn: queueArn(name) };
    },
    /** Waits for a message and deletes it. @returns `undefined` if none came */
    async receive(QueueUrl: string, waitSeconds = 15) {
      const { Messages: [message] = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: waitSeconds, MessageAttributeNames: ["All"] }),
      );
      if (message === undefined) return undefined;
      await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      return { body: message.Body, attributes: message.MessageAttributes, receivedAt: Date.now() };
    },
  };
}
