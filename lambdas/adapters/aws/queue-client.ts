import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { fastPathOf } from "./fast-path.ts";

/** The frequent commands, and their operations. Their requests and responses hold no bytes, so they are JSON as they are. */
const OPERATIONS = new Map<unknown, string>([
  [SendMessageBatchCommand, "SendMessageBatch"],
  [SendMessageCommand, "SendMessage"],
  [ReceiveMessageCommand, "ReceiveMessage"],
  [DeleteMessageBatchCommand, "DeleteMessageBatch"],
  [ChangeMessageVisibilityBatchCommand, "ChangeMessageVisibilityBatch"],
]);
const Input = z.looseObject({ QueueUrl: z.string() });

/** Gives an SDK client a shorter way for its frequent commands: see `fastPathOf`. Errors and repetitions are the SDK's. */
export function queueClient(client: SQSClient): SQSClient {
  const fastPath = fastPathOf(client);
  const bySdk = client.send.bind(client);

  async function send(command: Parameters<typeof bySdk>[0], options?: { abortSignal?: AbortSignal }): Promise<unknown> {
    const operation = OPERATIONS.get(command.constructor);
    if (operation === undefined) return bySdk(command, options);
    const answer = await fastPath({
      target: `AmazonSQS.${operation}`,
      body: JSON.stringify(command.input),
      endpointKey: Input.parse(command.input).QueueUrl,
      abortSignal: options?.abortSignal,
      isPoll: operation === "ReceiveMessage",
    });
    return answer?.status === 200 ? JSON.parse(answer.body || "{}") : bySdk(command, options);
  }

  return Object.assign(client, { send });
}
