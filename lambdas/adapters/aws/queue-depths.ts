import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { QueueDepth, Queues } from "../../ports/operations.ts";

const Count = z.coerce.number().int().min(0);
const Attributes = z.object({ ApproximateNumberOfMessages: Count, ApproximateNumberOfMessagesNotVisible: Count });

/** The URLs of a queue and of its dead-letter queue. */
interface QueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

/** Messages of a queue: the visible ones, and those that are being processed or hidden after a failure. Approximate. */
export async function messagesIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
  });
  const counts = Attributes.parse((await sqs.send(command)).Attributes);
  return counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible;
}

export function sqsQueueDepths(sqs: SQSClient, urls: Readonly<Record<QueueDepth["name"], QueueUrls>>): Queues {
  const read = async (name: QueueDepth["name"]): Promise<QueueDepth> => {
    const { queue, deadLetters } = urls[name];
    const [messages, dead] = await Promise.all([messagesIn(sqs, queue), messagesIn(sqs, deadLetters)]);
    return { name, messages, deadLetters: dead };
  };
  return { depths: () => Promise.all([read("events"), read("wakeUps")]) };
}
