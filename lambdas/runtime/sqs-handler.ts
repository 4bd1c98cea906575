import * as z from "zod";
import type { SourceQueue } from "../adapters/aws/source-queue.ts";
import { LIMITS } from "../shared/limits.ts";

/** The parts of an SQS event that Rappel reads. Source: AWS, "Using Lambda with Amazon SQS". */
const SqsEvent = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int() }),
    }),
  ),
});

/** A decoded message. */
interface Message<T> {
  readonly content: T;
  /** 1 for the first receive. */
  readonly receives: number;
}

interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}
interface Context {
  getRemainingTimeInMillis(): number;
}

/** How a queue's messages are processed. */
export interface QueueHandling<T> {
  /** Throws if a body is not a valid message. */
  readonly decode: (body: string) => T;
  /** Gets the messages, and when the function times out, epoch ms. @returns for each message whether it is done */
  readonly run: (messages: readonly Message<T>[], deadlineAt: number) => Promise<boolean[]>;
  readonly queue: SourceQueue;
  readonly report: {
    /** A message cannot be decoded. */
    undecodable(messageId: string, error: unknown): void;
    /** The messages that failed could not be made visible early. */
    hiddenLonger(error: unknown): void;
  };
  /** Seconds a failed message stays hidden. Absent: the rest of its visibility timeout. */
  readonly hiddenSeconds?: (receives: number) => number;
}

/**
 * A Lambda handler for a queue. Messages for which `run` returns `false` go back to the queue. Those that cannot be decoded
 * move to the dead-letter queue at once: they would fail each time.
 */
export function onSqs<T>({
  decode,
  run,
  queue,
  report,
  hiddenSeconds,
}: QueueHandling<T>): (event: unknown, context: Context) => Promise<BatchResponse> {
  /** @returns whether it can be deleted */
  async function moveToDeadLetters(messageId: string, body: string, error: unknown): Promise<boolean> {
    report.undecodable(messageId, error);
    return queue.copyToDeadLetters(body).then(
      () => true,
      () => false,
    );
  }

  async function showSooner(failed: readonly { readonly receipt: string; readonly receives: number }[]): Promise<void> {
    if (hiddenSeconds === undefined || failed.length === 0) return;
    const messages = failed.map(({ receipt, receives }) => ({ receipt, seconds: hiddenSeconds(receives) }));
    await queue.hideFor(messages).catch(report.hiddenLonger);
  }

  return async (event, context) => {
    const deadlineAt = Date.now() + context.getRemainingTimeInMillis();
    const failures: string[] = [];
    const moves: Promise<unknown>[] = [];
    const messages = SqsEvent.parse(event).Records.flatMap(({ messageId, body, receiptHandle, attributes }) => {
      const message = { messageId, receipt: receiptHandle, receives: attributes.ApproximateReceiveCount };
      try {
        return [{ ...message, content: decode(body) }];
      } catch (error) {
        const moved = moveToDeadLetters(messageId, body, error);
        moves.push(moved.then((isMoved) => isMoved || failures.push(messageId)));
        return [];
      }
    });
    // The moves end in any case, or they would be made again.
    const settled = await run(messages, deadlineAt).finally(() => Promise.all(moves));
    const failed = messages.filter((_, i) => settled[i] !== true);
    failures.push(...failed.map(({ messageId }) => messageId));
    await showSooner(failed);
    return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Seconds that a message of events stays hidden after a failure: doubled with each receive. */
export function hiddenSecondsOfEvents(receives: number): number {
  return Math.min(LIMITS.failedHiddenSeconds * 2 ** (receives - 1), LIMITS.visibilitySeconds);
}
