import * as z from "zod";

/** The parts of an SQS event that Rappel reads. Source: AWS, "Using Lambda with Amazon SQS". */
const SqsEvent = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int() }),
    }),
  ),
});

/** A decoded message. */
export interface Message<T> {
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

/**
 * A Lambda handler for a queue. Only the messages for which `run` returns `false`, and those that cannot be decoded, go
 * back to the queue.
 * @param run gets the messages, and when the function times out, epoch ms; returns for each message whether it is done
 * @param onUndecodable called with the id of a message that cannot be decoded
 */
export function onSqs<T>(
  decode: (body: string) => T,
  run: (messages: readonly Message<T>[], deadlineAt: number) => Promise<boolean[]>,
  onUndecodable: (messageId: string, error: unknown) => void,
): (event: unknown, context: Context) => Promise<BatchResponse> {
  return async (event, context) => {
    const deadlineAt = Date.now() + context.getRemainingTimeInMillis();
    const failures: string[] = [];
    const messages = SqsEvent.parse(event).Records.flatMap(({ messageId, body, attributes }) => {
      try {
        return [{ messageId, content: decode(body), receives: attributes.ApproximateReceiveCount }];
      } catch (error) {
        onUndecodable(messageId, error);
        failures.push(messageId);
        return [];
      }
    });
    const settled = await run(messages, deadlineAt);
    failures.push(...messages.filter((_, i) => settled[i] !== true).map(({ messageId }) => messageId));
    return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
