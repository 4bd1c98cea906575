import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { EventQueue } from "../../ports/events.ts";
import { RappelError } from "../../shared/errors.ts";
import { LIMITS } from "../../shared/limits.ts";
import { waitForAll } from "../../shared/wait-for-all.ts";
import { encodeEvent, encodeEventMessage, encodeRecoveryStep, encodeResend } from "./event-message.ts";
import { packed } from "./packing.ts";

interface PackedMessage {
  readonly account: string;
  readonly body: string;
  readonly delaySeconds?: number;
}

const FRAME_BYTES = 200; // ours: more than a message's version, brackets and account of 64 characters
const TRIES = 3; // ours: for single entries that SQS rejects temporarily; the SDK already retries each call

export function sqsEventQueue(client: SQSClient, queueUrl: string): EventQueue {
  /** Returns the messages that SQS rejected. */
  async function sendBatch(messages: readonly PackedMessage[]): Promise<PackedMessage[]> {
    const Entries = messages.map(({ account, body, delaySeconds }, i) => ({
      Id: String(i),
      MessageBody: body,
      MessageGroupId: account,
      ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Failed.flatMap(({ Id }) => messages.slice(Number(Id), Number(Id) + 1));
  }

  async function sendAll(messages: readonly PackedMessage[]): Promise<PackedMessage[]> {
    const batches = packed(messages, { items: LIMITS.sendMessages, bytes: LIMITS.sendBytes }, ({ body }) =>
      Buffer.byteLength(body),
    );
    return (await waitForAll(batches.map(sendBatch))).flat();
  }

  async function sendWithRetries(messages: readonly PackedMessage[]): Promise<void> {
    let left = messages;
    let cause: unknown;
    for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
      try {
        left = await sendAll(left);
      } catch (error) {
        cause = error;
        break;
      }
    }
    if (cause === undefined && left.length === 0) return;
    throw new RappelError(
      "QUEUE_UNAVAILABLE",
      "Not all events could be queued: send them again, with the same Idempotency-Key or eventIds",
      {
        retryAfterSeconds: 5,
        cause,
      },
    );
  }

  return {
    async send(events, isAgain, delayMs = 0) {
      const delay = delayOf(delayMs);
      const byAccount = Map.groupBy(events, ({ account }) => account);
      const messages = [...byAccount].flatMap(([account, own]) => {
        const groups = packed(
          own.map(encodeEvent),
          { items: LIMITS.messageEvents, bytes: LIMITS.messageBytes - FRAME_BYTES },
          (event) => Buffer.byteLength(event) + 1,
        );
        return groups.map((group) => ({ account, body: encodeEventMessage(account, group, isAgain), ...delay }));
      });
      await sendWithRetries(messages);
    },
    resend: (request) => sendWithRetries([{ account: request.account, body: encodeResend(request) }]),
    recover: (step, delayMs = 0) =>
      sendWithRetries([{ account: step.account, body: encodeRecoveryStep(step), ...delayOf(delayMs) }]),
  };
}

function delayOf(delayMs: number): Pick<PackedMessage, "delaySeconds"> {
  return delayMs > 0 ? { delaySeconds: Math.min(Math.ceil(delayMs / 1_000), LIMITS.queueDelaySeconds) } : {};
}
