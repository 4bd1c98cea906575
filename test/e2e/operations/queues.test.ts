import {
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import * as z from "zod";
import { sqsClient } from "../../../local/emulator/engines/aws-clients.ts";
import { openFixture } from "../support/fixture.ts";
import { sharedService } from "../support/shared.ts";

const service = openFixture();
const Queues = z.object({
  data: z.array(z.object({ name: z.string(), messages: z.number(), deadLetters: z.number() })),
});

it("an operator sees how many messages are in each queue and each dead-letter queue, and an account's key does not", async () => {
  const operator = await service.operator();
  const read = async () => Queues.parse((await operator.call("GET", "/v1/queues")).json).data;
  const deadLettersOf = async (name: string) => (await read()).find((queue) => queue.name === name)?.deadLetters ?? 0;
  expect((await read()).map(({ name }) => name)).toEqual(["events", "wakeUps"]);
  const sqs = sqsClient(sharedService().engines);
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  for (const [name, pattern] of [
    ["events", /EventsDeadLetters/],
    ["wakeUps", /WakeUpsDeadLetters/],
  ] as const) {
    const QueueUrl = QueueUrls.find((url) => pattern.test(url));
    const before = await deadLettersOf(name);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
    expect(await deadLettersOf(name)).toBe(before + 1);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  sqs.destroy();
  const refused = await (await service.callerOf("queues")).call("GET", "/v1/queues");
  expect([refused.status, refused.json]).toMatchObject([403, { code: "OPERATOR_KEY_REQUIRED" }]);
});
