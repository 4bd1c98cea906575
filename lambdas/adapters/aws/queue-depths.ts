import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { QueueDepth, Queues } from "../../ports/operations.ts";

const Count = z.coerce.number().int().min(0);
/** Visible messages, and those that are being processed or hidden after a failure. */
const Attributes = z.object({ ApproximateNumberOfMessages: Count, ApproximateNumberOfMessagesNotVisible: Count });

/** The URLs of a queue and of its dead-letter queue. */
interface QueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

export function sqsQueueDepths(sqs: SQSClient, urls: Readonly<Record<QueueDepth["name"], QueueUrls>>): Queues {
  const depthOf = async (QueueUrl: string) => {
    const command = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    });
    const counts = Attributes.parse((await sqs.send(command)).Attributes);
    return counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible;
  };
  const read = async (name: QueueDepth["name"]): Promise<QueueDepth> => {
    const [messages, deadLetters] = await Promise.all([depthOf(urls[name].queue), depthOf(urls[name].deadLetters)]);
    return { name, messages, deadLetters };
  };
  return { depths: () => Promise.all([read("events"), read("wakeUps")]) };
}
