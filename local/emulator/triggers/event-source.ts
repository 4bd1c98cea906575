import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Pool } from "../functions/pool.ts";
import { settledMessages, toSqsEvent } from "./sqs-event.ts";

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
const DELETES_MAX = 10; // SQS: entries of one DeleteMessageBatch
const GATHER_MS = 10; // ours: between two receives, and before a delete, so that a busy queue needs fewer of both
/**
 * Milliseconds between two receives when as many invocations run as may, by the square of the busy share. Ours. While
 * batches are fast it is next to nothing. When a slow receiver holds each batch for seconds, batches of one message would
 * use up all invocations, and then everybody would wait for the slow; the pause fills the batches instead.
 */
const PACE_MS = 100;

/**
 * Polls a queue for as long as the runtime runs, one receive after the other; batches run beside it, so that a slow one
 * holds up nothing. What a batch does not settle stays hidden until the queue's visibility timeout, as on AWS.
 * @returns stops polling, and waits for the batches that run
 */
export function pollQueue(client: SQSClient, source: EventSource): () => Promise<void> {
  const { queueUrl: QueueUrl, batchSize, pool } = source;
  const remove = gatheredDeletes(client, QueueUrl);
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
      // First the room, then the messages: a received message that waits would be hidden for nothing.
      await Promise.race([pool.room(), stopped]);
      await sleep(GATHER_MS + PACE_MS * pool.busyShare() ** 2);
      let messages: Message[] = [];
      while (messages.length === 0 && !stopping.signal.aborted) messages = await receive();
      if (messages.length === 0) return;
      const batch = runBatch(source, messages, remove).finally(() => running.delete(batch));
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
  source: EventSource,
  messages: readonly Message[],
  remove: (message: Message) => Promise<void>,
): Promise<void> {
  const invocation = await source.pool.run(toSqsEvent(messages, source.queueArn));
  await Promise.all(settledMessages(messages, invocation, source.isPartial).map(remove));
}

/** Deletes messages a few at a time, as many as one call takes. */
function gatheredDeletes(client: SQSClient, QueueUrl: string): (message: Message) => Promise<void> {
  let gathered: Message[] = [];
  let deleted: Promise<void> | undefined;

  const deleteGathered = async (): Promise<void> => {
    await sleep(GATHER_MS);
    const all = gathered;
    gathered = [];
    deleted = undefined;
    for (let from = 0; from < all.length; from += DELETES_MAX) {
      const Entries = all
        .slice(from, from + DELETES_MAX)
        .map(({ ReceiptHandle = "" }, at) => ({ Id: String(at), ReceiptHandle }));
      // A delete that fails is no loss: the message comes again, and the function must bear that anyway.
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })).catch(() => undefined);
    }
  };

  return (message) => {
    gathered.push(message);
    deleted ??= deleteGathered();
    return deleted;
  };
}
