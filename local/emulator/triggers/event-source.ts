import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Pool } from "../functions/pool.ts";
import { settledMessages, toSqsEvent } from "./sqs-event.ts";

/** An event source mapping: a queue that invokes a function. */
export interface EventSource {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly isPartial: boolean;
  readonly pool: Pool;
}

const POLL_SECONDS = 20; // SQS's maximum
const RETRY_MS = 1_000; // ours: after a receive that failed
const DELETES_MAX = 10; // SQS: entries of one DeleteMessageBatch
const GATHER_MS = 10; // ours: between two receives, and before a delete, so that a busy queue needs fewer calls
/** Milliseconds after a receive that was not full, so that the next one brings more messages. Ours. */
const NOT_FULL_MS = 25;
/**
 * Milliseconds between two receives at the maximum of concurrent invocations; scaled by the square of the busy share. Ours.
 * With fast batches the pause is close to 0. With a slow receiver, batches of one message would use up all invocations and
 * delay all other receivers. The pause makes the batches larger instead.
 */
const PACE_MS = 100;

/**
 * Polls a queue until it is stopped, one receive after the other. Batches run concurrently, so that a slow batch delays no
 * other. Messages that a batch does not process stay hidden until the visibility timeout, as on AWS.
 * @returns stops polling, and waits for the running batches
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

  /** Runs a batch when the function can begin. A return to the queue instead would count as a receive. */
  const run: Pool["run"] = async (event) => {
    for (;;) {
      const invocation = await pool.run(event);
      const hasBegun = invocation.kind === "answered" || invocation.reason !== "not begun";
      if (hasBegun || stopping.signal.aborted) return invocation;
      await Promise.race([pool.room(), stopped]);
    }
  };

  const polling = (async () => {
    let wasFull = false;
    while (!stopping.signal.aborted) {
      // Waits for a loaded function and a free invocation: a message received earlier would be hidden in the meantime.
      await Promise.race([pool.room(), stopped]);
      await sleep((wasFull ? GATHER_MS : NOT_FULL_MS) + PACE_MS * pool.busyShare() ** 2);
      let messages: Message[] = [];
      while (messages.length === 0 && !stopping.signal.aborted) messages = await receive();
      if (messages.length === 0) return;
      wasFull = messages.length >= batchSize;
      const batch = runBatch(source, messages, run, remove).finally(() => running.delete(batch));
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
  run: Pool["run"],
  remove: (message: Message) => Promise<void>,
): Promise<void> {
  const invocation = await run(toSqsEvent(messages, source.queueArn));
  await Promise.all(settledMessages(messages, invocation, source.isPartial).map(remove));
}

/** Deletes messages in batches, as many as one call allows. */
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
      // A failed delete is harmless: the message is delivered again, and functions handle repeated messages.
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })).catch(() => undefined);
    }
  };

  return (message) => {
    gathered.push(message);
    deleted ??= deleteGathered();
    return deleted;
  };
}
