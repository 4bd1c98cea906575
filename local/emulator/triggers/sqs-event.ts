import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { LOCAL } from "../engines/aws-clients.ts";
import type { Invocation } from "../functions/thread.ts";

/** The event that Lambda creates from a batch. Source: "Using Lambda with Amazon SQS", example event. */
export function toSqsEvent(messages: readonly Message[], queueArn: string): SQSEvent {
  return {
    Records: messages.map((message): SQSRecord => {
      const { SenderId, SentTimestamp, ApproximateReceiveCount, ApproximateFirstReceiveTimestamp, ...others } =
        message.Attributes ?? {};
      const attributes = Object.entries(message.MessageAttributes ?? {});
      return {
        messageId: message.MessageId ?? "",
        receiptHandle: message.ReceiptHandle ?? "",
        body: message.Body ?? "",
        attributes: {
          ApproximateReceiveCount: ApproximateReceiveCount ?? "1",
          SentTimestamp: SentTimestamp ?? "",
          SenderId: SenderId ?? "",
          ApproximateFirstReceiveTimestamp: ApproximateFirstReceiveTimestamp ?? "",
          ...others,
        },
        messageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, toAttribute(value)])),
        ...(message.MD5OfMessageAttributes ? { md5OfMessageAttributes: message.MD5OfMessageAttributes } : {}),
        md5OfBody: message.MD5OfBody ?? "",
        eventSource: "aws:sqs",
        eventSourceARN: queueArn,
        awsRegion: LOCAL.region,
      };
    }),
  };
}

function toAttribute({ DataType, StringValue, BinaryValue }: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType ?? "String",
  };
}

const BatchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The messages to delete. Lambda's rules: none if the invocation failed; all without ReportBatchItemFailures, or if the
 * response lists no failure; none if the response is malformed or lists a message that was not in the batch.
 */
export function settledMessages(
  messages: readonly Message[],
  invocation: Invocation,
  isPartial: boolean,
): readonly Message[] {
  if (invocation.kind === "failed") return [];
  if (!isPartial || invocation.json === undefined || invocation.json === "null") return messages;
  const parsed = BatchResponse.safeParse(JSON.parse(invocation.json));
  if (!parsed.success) return [];
  const failed = new Set(parsed.data.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if (![...failed].every((id) => known.has(id))) return [];
  return messages.filter(({ MessageId }) => MessageId !== undefined && !failed.has(MessageId));
}
