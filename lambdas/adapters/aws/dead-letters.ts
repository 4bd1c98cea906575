import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { DeadLetter, DeadLetters } from "../../ports/dead-letters.ts";
import { LIMITS } from "../../shared/limits.ts";
import { packed } from "./packing.ts";
import { messagesIn } from "./queue-depths.ts";

interface Queues<T> {
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  /** Throws if a message's body cannot be decoded. */
  readonly decode: (body: string) => T;
  /** The group of a message: SQS serves groups in turns. Absent: none. */
  readonly groupOf?: (message: T) => string;
}

const HIDDEN_SECONDS = 30; // ours: longer than the sweeper needs for one call, shorter than until its next run
const RECEIVED_MAX = 10; // SQS

export function sqsDeadLetters<T>(
  client: SQSClient,
  { queueUrl, deadLettersUrl, decode, groupOf }: Queues<T>,
): DeadLetters {
  const isDecodable = (body: string) => {
    try {
      decode(body);
      return true;
    } catch {
      return false;
    }
  };

  async function remove(letters: readonly DeadLetter[]): Promise<void> {
    const Entries = letters.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: deadLettersUrl, Entries }));
  }

  return {
    queued: () => messagesIn(client, queueUrl),

    async receive() {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: deadLettersUrl,
          MaxNumberOfMessages: RECEIVED_MAX,
          VisibilityTimeout: HIDDEN_SECONDS,
        }),
      );
      return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({
        body: Body,
        receipt: ReceiptHandle,
        isDecodable: isDecodable(Body),
      }));
    },

    async sendAgain(letters) {
      const sizeOf = ({ body }: DeadLetter) => Buffer.byteLength(body);
      let count = 0;
      for (const batch of packed(letters, { items: LIMITS.sendMessages, bytes: LIMITS.sendBytes }, sizeOf)) {
        const Entries = batch.map(({ body }, at) => ({
          Id: String(at),
          MessageBody: body,
          ...(groupOf && { MessageGroupId: groupOf(decode(body)) }),
        }));
        const { Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        const sent = batch.filter((_, at) => Successful.some(({ Id }) => Id === String(at)));
        if (sent.length > 0) await remove(sent);
        count += sent.length;
      }
      return count;
    },

    delete: remove,
  };
}
