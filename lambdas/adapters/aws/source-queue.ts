import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { bestEffortTime } from "../../shared/best-effort.ts";

/** What a function does with messages of its own queue that it could not process. */
export interface SourceQueue {
  /** Sends a message's body to the dead-letter queue. */
  copyToDeadLetters(body: string): Promise<void>;
  /** Hides messages for the time given from now on, instead of the rest of their visibility timeout. At most 10. */
  hideFor(messages: readonly { readonly receipt: string; readonly seconds: number }[]): Promise<void>;
}

export function sqsSourceQueue(
  client: SQSClient,
  { queueUrl, deadLettersUrl }: { readonly queueUrl: string; readonly deadLettersUrl: string },
): SourceQueue {
  return {
    async copyToDeadLetters(body) {
      await client.send(new SendMessageCommand({ QueueUrl: deadLettersUrl, MessageBody: body }));
    },

    async hideFor(messages) {
      const Entries = messages.map(({ receipt, seconds }, at) => ({
        Id: String(at),
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      }));
      // Entries that SQS refuses stay hidden for the rest of the timeout.
      const change = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries });
      await client.send(change, { abortSignal: bestEffortTime() });
    },
  };
}
