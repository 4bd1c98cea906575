import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { LOCAL } from "../engines/aws.ts";
import { nameOf } from "./names.ts";
import type { Resource, Resources } from "./template.ts";

const Queue = z.object({
  VisibilityTimeout: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  DelaySeconds: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
});

/** Creates the templates' queues that do not exist yet, gives all of them their attributes, and returns their names. */
export async function createQueues(client: SQSClient, resources: Resources): Promise<readonly string[]> {
  const queues = resources.all.filter(({ type }) => type === "AWS::SQS::Queue");
  return await Promise.all(
    queues.map(async (resource) => {
      const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: nameOf(resource) }));
      // Set apart from the creation, which refuses a queue of an earlier start whose attributes differ.
      await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributesOf(resources, resource) }));
      return nameOf(resource);
    }),
  );
}

function attributesOf({ resolve }: Resources, { stack, properties }: Resource): Record<string, string> {
  const { RedrivePolicy, ...numbers } = Queue.parse(resolve(stack, properties));
  const attributes = Object.entries(numbers).map(([name, value]) => [name, String(value)] as const);
  return {
    ...Object.fromEntries(attributes),
    ...(RedrivePolicy ? { RedrivePolicy: JSON.stringify(RedrivePolicy) } : {}),
  };
}

const Inspection = z.object({
  messages: z.object({ inflight: z.array(z.object({ receiptHandle: z.string() })) }),
});

/** Not 0: fauxqs 2.4.1 with a data folder fails on 0 (a NOT NULL column) and hides the message until its next start. */
const SOON_SECONDS = 1;

/**
 * Makes visible what a killed process had received. Nothing runs at a start, so nobody works on these messages, and
 * nobody should wait for the visibility timeout. Through fauxqs's own inspection route: SQS has no such call.
 */
export async function returnInFlight(client: SQSClient, sqsUrl: string, name: string): Promise<void> {
  const answer = await fetch(`${sqsUrl}/_fauxqs/queues/${encodeURIComponent(name)}`);
  const { messages } = Inspection.parse(await answer.json());
  const QueueUrl = `${sqsUrl}/${LOCAL.account}/${name}`;
  for (const { receiptHandle } of messages.inflight) {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: SOON_SECONDS }),
    );
  }
}
