import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Pool } from "./pool.ts";
import { settledMessages, toSqsEvent } from "./sqs-event.ts";
import type { Environment } from "./thread.ts";

/** An event source mapping: one queue that feeds one function. */
export interface EventSource {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly isPartial: boolean;
  readonly pool: Pool;
}

const POLL_SECONDS = 20; // SQS's longest
const RETRY_MS = 1_000; // ours: after the queue could not be asked
/**
 * Milliseconds between two receives when all environments are busy, by the square of the busy share. Ours. While batches
 * are fast it is next to nothing. When a slow receiver holds each batch for seconds, batches of one message would soon
 * use up all environments, and then everybody would wait for the slow; the pause fills the batches instead.
 */
const PACE_MS = 100;

/**
 * Polls a queue for as long as the runtime runs, one receive after the other; batches run beside it, so that a slow one
 * holds up nothing. What a batch does not settle stays hidden until the queue's visibility timeout, as on AWS.
 * @returns stops polling, and waits for the batches that run
 */
export function pollQueue(client: SQSClient, source: EventSource): () => Promise<void> {
  const { queueUrl: QueueUrl, batchSize, pool } = source;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve()));

  const receive = async (): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: POLL_SECONDS,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    try {
      return (await client.send(command, { abortSignal: stopping.signal })).Messages ?? [];
    } catch {
      await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      return [];
    }
  };

  const polling = (async () => {
    while (!stopping.signal.aborted) {
      // First the environment, then the messages: a received message that waits would be hidden for nothing.
      const environment = await Promise.race([pool.take(), stopped]);
      if (!environment) return;
      await sleep(PACE_MS * (running.size / pool.max) ** 2);
      let messages: Message[] = [];
      while (messages.length === 0 && !stopping.signal.aborted) messages = await receive();
      if (messages.length === 0) return;
      const batch = runBatch(client, source, environment, messages).finally(() => running.delete(batch));
      running.add(batch);
    }
  })();

  return async () => {
    stopping.abort();
    await polling;
    await Promise.all(running);
  };
}

async function runBatch(
  client: SQSClient,
  source: EventSource,
  environment: Environment,
  messages: readonly Message[],
): Promise<void> {
  const invocation = await source.pool.run(environment, toSqsEvent(messages, source.queueArn));
  const settled = settledMessages(messages, invocation, source.isPartial);
  if (settled.length === 0) return;
  const Entries = settled.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle: ReceiptHandle ?? "" }));
  // A delete that fails is no loss: the message comes again, and the function must bear that anyway.
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: source.queueUrl, Entries })).catch(() => undefined);
}
